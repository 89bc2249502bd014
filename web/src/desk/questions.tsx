import { Select } from '../shared/ui/ui.tsx';
import { QUESTIONS, type Question } from './facts.ts';
import { t } from './words.ts';

type Answers = Readonly<Record<string, string>>;

/** The voluntary questions. Answers become numbers of the area at once; none stands beside the card. */
export function Questions({ answers, onChange }: { answers: Answers; onChange: (answers: Answers) => void }) {
  const all = Object.keys(QUESTIONS) as Question[];
  const given = all.filter((q) => answers[q]).length;
  return (
    <details class="desk-fold">
      <summary>{t('questions', { n: given, all: all.length })}</summary>
      <p class="hint">{t('questions_text')}</p>
      {all.map((question) => (
        <Select
          key={question}
          label={t(`question_${question}`)}
          value={answers[question] ?? ''}
          options={[
            { value: '', text: t('not_answered') },
            ...QUESTIONS[question].map((answer) => ({ value: answer, text: t(`answer_${answer}`) })),
          ]}
          onChange={(answer) => onChange({ ...answers, [question]: answer })}
        />
      ))}
    </details>
  );
}
