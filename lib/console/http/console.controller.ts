import {
  Controller,
  Get,
  Inject,
  type OnModuleDestroy,
  Post,
  Req,
  Res,
  type Type,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Console } from '../console.service.js';
import type { ResolvedConsoleOptions } from '../console-options.js';
import { stateOf } from '../feed/state-of.js';
import { parseView } from '../feed/view.js';
import { act } from './actions.js';
import { type AnyResponse, streamEvents } from './event-stream.js';
import { PAGE_HEADERS } from './headers.js';
import { ICON, pageHtml } from './html.js';
import { foreign, framed } from './request-origin.js';
import { type AnyRequest, pathOf, queryOf, requesterOf } from './requester.js';

const TOKEN_HEADER = 'x-console-token';
const MOST_VIEWERS = 100;
const TEXT = 'text/plain; charset=utf-8';

/**
 * The controller of one console. Answers go to the response itself, by Nest's adapter: interceptors of the application that wrap
 * what handlers return would make other files of the page's.
 */
export function consoleController({ path, guards, actions }: ResolvedConsoleOptions): Type {
  @Controller({ path, version: VERSION_NEUTRAL })
  @UseGuards(...guards)
  class ConsoleController implements OnModuleDestroy {
    readonly #adapterHost: HttpAdapterHost;
    readonly #console: Console;
    readonly #streams = new Set<() => void>();
    #isEnding = false;

    constructor(@Inject(HttpAdapterHost) adapterHost: HttpAdapterHost, @Inject(Console) console: Console) {
      this.#adapterHost = adapterHost;
      this.#console = console;
    }

    @Get(['', ':file'])
    file(@Req() request: AnyRequest, @Res() response: AnyResponse): void {
      const refusal = framed(request.headers);
      if (refusal !== undefined) {
        this.#reply(response, 403, TEXT, refusal);
        return;
      }
      const asked = pathOf(request);
      const file = asked.slice(asked.lastIndexOf('/') + 1);
      const last = path.slice(path.lastIndexOf('/') + 1);
      const { js, css } = this.#console.source;
      if (file === 'events') this.#events(request, response);
      else if (file === 'page.js') this.#reply(response, 200, 'text/javascript; charset=utf-8', js);
      else if (file === 'page.css') this.#reply(response, 200, 'text/css; charset=utf-8', css);
      else if (file === 'icon.svg') this.#reply(response, 200, 'image/svg+xml; charset=utf-8', ICON);
      else if (file === '' || file.toLowerCase() === last.toLowerCase()) {
        const token = this.#console.tokens.issue(Date.now());
        this.#reply(response, 200, 'text/html; charset=utf-8', pageHtml(file === '' ? '' : `${last}/`, token));
      } else this.#reply(response, 404, TEXT, 'the console has no such file');
    }

    /** Runs the doctor. It changes nothing, but pages of other sites must not cause that work. */
    @Post('examine')
    async examine(@Req() request: AnyRequest, @Res() response: AnyResponse): Promise<void> {
      if (this.#isRefused(request, response)) return;
      await this.#console.feed.examine();
      this.#json(response, 200, { isDone: true, text: 'examined' });
    }

    @Post('actions/:action')
    async act(@Req() request: AnyRequest, @Res() response: AnyResponse): Promise<void> {
      if (!actions) {
        this.#json(response, 403, { isDone: false, text: 'this console is read-only: see "actions: true"' });
        return;
      }
      if (this.#isRefused(request, response)) return;
      const asked = pathOf(request);
      const action = asked.slice(asked.lastIndexOf('/') + 1);
      const query = queryOf(request);
      const answer = await act(this.#console.metrics, {
        action,
        job: query.get('job') ?? '',
        metric: query.get('metric') ?? '',
        by: requesterOf(request),
      });
      this.#console.feed.refresh();
      this.#json(
        response,
        answer === undefined ? 404 : 200,
        answer ?? { isDone: false, text: `no action "${action}"` },
      );
    }

    /** An open stream would keep the server from closing; a browser soon asks for it again. */
    onModuleDestroy(): void {
      this.#isEnding = true;
      for (const end of this.#streams) end();
      this.#console.feed.close();
    }

    #events(request: AnyRequest, response: AnyResponse): void {
      const refusal = foreign(request.headers, { isChange: false });
      if (refusal !== undefined) {
        this.#reply(response, 403, TEXT, refusal);
        return;
      }
      if (this.#streams.size >= MOST_VIEWERS) {
        this.#reply(response, 503, TEXT, `${MOST_VIEWERS} look already`);
        return;
      }
      if (this.#isEnding) {
        this.#reply(response, 503, TEXT, 'the application ends');
        return;
      }
      const view = parseView(queryOf(request));
      const { feed, options, storeAddress } = this.#console;
      const state = () => stateOf(feed.known, view, { options, storeAddress, actions, viewers: feed.viewers });
      const end = streamEvents(response, feed, state, () => this.#streams.delete(end));
      this.#streams.add(end);
    }

    #isRefused({ headers }: AnyRequest, response: AnyResponse): boolean {
      const refusal = foreign(headers, { isChange: true });
      const isKnown = this.#console.tokens.isValid(headers[TOKEN_HEADER], Date.now());
      if (refusal === undefined && isKnown) return false;
      const text =
        refusal ??
        'the page was not loaded from this process, or too long ago: reload it (for several replicas see "actions: { secret }")';
      this.#json(response, 403, { isDone: false, text });
      return true;
    }

    #json(response: AnyResponse, status: number, body: object): void {
      this.#reply(response, status, 'application/json; charset=utf-8', JSON.stringify(body));
    }

    #reply(response: AnyResponse, status: number, type: string, body: string): void {
      const { httpAdapter } = this.#adapterHost;
      for (const [name, value] of Object.entries(PAGE_HEADERS)) httpAdapter.setHeader(response, name, value);
      httpAdapter.setHeader(response, 'content-type', type);
      httpAdapter.reply(response, body, status);
    }
  }
  return ConsoleController;
}
