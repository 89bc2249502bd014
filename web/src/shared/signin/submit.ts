/** What a form does in place of being sent by the browser. */
export const submitting =
  (run: () => unknown) =>
  (e: Event): void => {
    e.preventDefault();
    run();
  };
