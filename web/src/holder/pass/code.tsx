// The code on screen: a new one every 20 seconds while somebody can see it, as large as the screen is wide, and larger on request.

import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../shared/ui/icons.tsx';
import { drawCode } from '../../shared/ui/qr.tsx';
import { Button } from '../../shared/ui/ui.tsx';
import { nextCode, RENEWED } from '../codes.ts';
import type { Active } from '../kept.ts';
import { t } from '../words.ts';

interface Shown {
  /** Whose code it is. */
  of: string;
  text?: string;
  /** Counts the codes, so that the bar begins anew with each. */
  n: number;
  broken?: boolean;
}

let codes = 0;

/** The code of this moment. While the page is hidden none is signed; when it is seen again, at once. */
function useCode(c: Active): Shown {
  const [shown, set] = useState<Shown>({ of: c.id, n: 0 });
  const credential = c.codes?.credential.credential;
  useLayoutEffect(() => {
    if (!credential) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let turn = 0;
    const next = async () => {
      clearTimeout(timer);
      if (document.visibilityState !== 'visible') return;
      timer = setTimeout(next, RENEWED);
      const mine = ++turn;
      const made = await nextCode(c).then(
        (text) => (text === undefined ? undefined : { of: c.id, text, n: ++codes }),
        () => ({ of: c.id, n: ++codes, broken: true }),
      );
      if (made && mine === turn) set(made);
    };
    void next();
    document.addEventListener('visibilitychange', next);
    return () => {
      turn = -1;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', next);
    };
  }, [c.id, credential]);
  return shown.of === c.id ? shown : { of: c.id, n: 0 }; // the code of the pass before is not this one's
}

/** A canvas that draws its code anew when the code or the room for it changes. */
function Canvas({ text, main }: { text: string; main?: boolean }) {
  const at = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const canvas = at.current;
    const box = canvas?.parentElement;
    if (!canvas || !box) return;
    const draw = () => drawCode(canvas, text);
    draw();
    let width = box.clientWidth;
    const seen = new ResizeObserver(() => {
      if (box.clientWidth !== width) draw();
      width = box.clientWidth;
    });
    seen.observe(box);
    return () => seen.disconnect();
  }, [text]);
  return (
    <canvas ref={at} class="code" role="img" aria-label={t(main ? 'code_label' : 'code_large')} {...(main ? { 'data-code': '' } : {})} />
  );
}

/** How long the code on screen will be shown: reassurance, and nothing to judge by. */
function Life({ n }: { n: number }) {
  const [left, set] = useState(RENEWED / 1000);
  useEffect(() => {
    set(RENEWED / 1000);
    if (!matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const timer = setInterval(() => set((s) => Math.max(5, s - 5)), 5000);
    return () => clearInterval(timer);
  }, [n]);
  return (
    <div class="holder-life" aria-hidden="true">
      <div key={n} />
      <span>{t('seconds', { n: left })}</span>
    </div>
  );
}

/** The code alone on a white page, in landscape too. */
function Large({ text, onClose }: { text: string; onClose: () => void }) {
  const at = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = at.current;
    dialog?.showModal();
    return () => dialog?.close(); // the focus goes back, also when the code is gone
  }, []);
  return (
    <dialog ref={at} class="holder-large" aria-label={t('code_large')} onClose={() => at.current && onClose()}>
      <div class="holder-code">
        <Canvas text={text} />
      </div>
      <p>{t('brighter')}</p>
      <button type="button" class="button" onClick={() => at.current?.close()}>
        <Icon name="close" /> <span>{t('close')}</span>
      </button>
    </dialog>
  );
}

/** The first thing in the page. `children` stand between the code and the button that enlarges it. */
export function PassCode({ c, children }: { c: Active; children: ComponentChildren }) {
  const { text, n, broken } = useCode(c);
  const [large, setLarge] = useState(false);
  return (
    <>
      <div class="holder-code">{broken ? <p>{t('code_broken')}</p> : text && <Canvas text={text} main />}</div>
      <Life n={n} />
      {children}
      <Button kind="primary" icon="big" disabled={!text} onClick={() => setLarge(true)}>
        {t('enlarge')}
      </Button>
      {large && text && <Large text={text} onClose={() => setLarge(false)} />}
    </>
  );
}
