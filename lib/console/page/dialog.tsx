import { useEffect, useRef } from 'preact/hooks';

export interface Question {
  readonly title: string;
  readonly text: string;
  /** The button that does it. */
  readonly verb: string;
  readonly isDangerous: boolean;
  readonly act: () => void;
}

/** Asks before anything is done. Escape and Cancel do nothing. */
export function Dialog({ question, close }: { question: Question; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby="question" aria-describedby="consequence" onClose={close}>
      <h2 id="question">{question.title}</h2>
      <p id="consequence">{question.text}</p>
      <div class="buttons">
        <button type="button" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        <button
          type="button"
          class={question.isDangerous ? 'danger' : 'primary'}
          onClick={() => {
            question.act();
            dialog.current?.close();
          }}
        >
          {question.verb}
        </button>
      </div>
    </dialog>
  );
}
