import { useEffect, useState } from 'preact/hooks';
import type { PageState } from '../feed/page-state.js';

/** Where the other files of the console are, whatever proxies have done to its path. */
const BASE = new URL('.', import.meta.url);
const TOKEN = document.querySelector<HTMLMetaElement>('meta[name=console-token]')?.content ?? '';
const AGAIN_MS = 4_000;

export type Link = 'connecting' | 'live' | 'lost';

/** The newest state for a view, and how the connection is. Nothing is asked while the page is hidden. */
export function useConsole(query: string): { state: PageState | undefined; link: Link } {
  const [state, setState] = useState<PageState>();
  const [link, setLink] = useState<Link>('connecting');
  useEffect(() => {
    let source: EventSource | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    const open = (): void => {
      close();
      if (document.hidden) return;
      source = new EventSource(new URL(`events?${query}`, BASE));
      source.onmessage = ({ data }) => {
        setState(JSON.parse(data as string) as PageState);
        setLink('live');
      };
      source.onerror = () => {
        setLink('lost');
        // After an answer other than 200 the browser does not try again by itself.
        if (source?.readyState === EventSource.CLOSED) again = setTimeout(open, AGAIN_MS);
      };
    };
    const close = (): void => {
      clearTimeout(again);
      source?.close();
    };
    open();
    document.addEventListener('visibilitychange', open);
    return () => {
      close();
      document.removeEventListener('visibilitychange', open);
    };
  }, [query]);
  return { state, link };
}

/** Asks the application to do something. Never rejects. */
export async function ask(
  path: string,
  parameters: Record<string, string> = {},
): Promise<{ isDone: boolean; text: string }> {
  try {
    const url = new URL(`${path}?${new URLSearchParams(parameters)}`, BASE);
    const response = await fetch(url, { method: 'POST', headers: { 'x-console-token': TOKEN } });
    const answer = (await response.json().catch(() => ({}))) as { isDone?: boolean; text?: string };
    return { isDone: answer.isDone === true, text: answer.text ?? `the application answered ${response.status}` };
  } catch {
    return { isDone: false, text: 'the application does not answer' };
  }
}
