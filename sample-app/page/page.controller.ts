import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Controller, Get, Header, type MessageEvent, Sse, UseGuards } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { Unmeasured } from './unmeasured.js';
import { Board } from './board.js';
import { PageGuard } from './page.guard.js';

const asset = (name: string): Promise<string> => readFile(join(import.meta.dirname, 'public', name), 'utf8');

/** The page for trying the shop by hand: a few files, and a stream of what it shows. */
@Unmeasured(true)
@UseGuards(PageGuard)
@Controller()
export class PageController {
  constructor(private readonly board: Board) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  page(): Promise<string> {
    return asset('page.html');
  }

  @Get('page/page.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  script(): Promise<string> {
    return asset('page.js');
  }

  @Get('page/page.css')
  @Header('content-type', 'text/css; charset=utf-8')
  style(): Promise<string> {
    return asset('page.css');
  }

  @Get('page/icon.svg')
  @Header('content-type', 'image/svg+xml')
  icon(): Promise<string> {
    return asset('icon.svg');
  }

  @Sse('page/events')
  events(): Observable<MessageEvent> {
    return this.board.states.pipe(map((data) => ({ data })));
  }
}
