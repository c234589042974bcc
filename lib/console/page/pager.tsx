/** Back and forth through pages; nothing where there is but one. */
export function Pager({
  page,
  pages,
  what,
  go,
}: {
  page: number;
  pages: number;
  what: string;
  go: (page: number) => void;
}) {
  if (pages < 2) return null;
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      <button
        type="button"
        disabled={page === 0}
        onClick={() => {
          go(page - 1);
        }}
      >
        ← Previous
      </button>
      <span>
        Page {page + 1} of {pages}
      </span>
      <button
        type="button"
        disabled={page >= pages - 1}
        onClick={() => {
          go(page + 1);
        }}
      >
        Next →
      </button>
    </nav>
  );
}
