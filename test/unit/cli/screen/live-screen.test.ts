import { cutLines } from '../../../../lib/cli/screen/cut-lines.js';
import { LiveScreen } from '../../../../lib/cli/screen/live-screen.js';

const OPEN = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const CLOSE = '\u001b[?7h\u001b[?25h\u001b[?1049l';

function terminal(rows: number) {
  const written: string[] = [];
  return { isTTY: true, columns: 40, rows, written, write: (text: string) => written.push(text) };
}

describe('cutLines', () => {
  it('says how many lines there is no room for', () => {
    expect(cutLines('a\nb\nc\n', 3)).toEqual(['a', 'b', 'c']);
    expect(cutLines('a\nb\nc\nd\n', 3)).toEqual(['a', 'b', '… 2 more lines']);
    expect(cutLines('a\nb\n')).toEqual(['a', 'b']);
  });
});

describe('LiveScreen', () => {
  it('draws in one place, and leaves the terminal as it was, with the last text whole', () => {
    const output = terminal(3);
    const screen = new LiveScreen(output);
    screen.show('a\nb\n');
    screen.show('1\n2\n3\n4\n');
    screen.close();
    screen.close();
    expect(output.written).toEqual([
      OPEN,
      '\u001b[Ha\u001b[K\nb\u001b[K\u001b[J',
      '\u001b[H1\u001b[K\n2\u001b[K\n… 2 more lines\u001b[K\u001b[J',
      `${CLOSE}1\n2\n3\n4\n`,
    ]);
  });

  it('writes nothing if nothing was shown, and draws again when the size changes', () => {
    const output = terminal(3);
    const screen = new LiveScreen(output);
    screen.close();
    expect(output.written).toEqual([]);
    screen.show('a\nb\nc\nd\n');
    output.rows = 2;
    process.stdout.emit('resize');
    expect(output.written.at(-1)).toBe('\u001b[Ha\u001b[K\n… 3 more lines\u001b[K\u001b[J');
    screen.close();
    expect(process.stdout.listenerCount('resize')).toBe(0);
    expect(process.listenerCount('SIGTSTP')).toBe(0);
  });
});
