import { AsyncLocalStorage } from 'node:async_hooks';
import { Controller, Get, type INestApplicationContext, Injectable, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Counted, MetricsService, PrometheusPushgatewayModule, Timed } from 'nestjs-prometheus-pushgateway';
import { BehaviorSubject, firstValueFrom, generate, lastValueFrom, NEVER, type Observable, of, throwError } from 'rxjs';

/** A promise that runs when it is awaited. */
class LazyQuery extends Promise<void> {
  override then(): never {
    throw new Error('a query that nobody has asked for');
  }
}

class Checkout {
  readonly price = 7;

  @Timed()
  now(amount: number): number {
    return amount * this.price;
  }

  @Timed()
  fails(): never {
    throw new Error('sold out');
  }

  @Timed({ name: 'later_seconds', help: 'Later', buckets: [1] })
  async later(amount: number): Promise<number> {
    await Promise.resolve();
    return amount * this.price;
  }

  @Timed()
  async rejects(): Promise<never> {
    await Promise.resolve();
    throw new Error('sold out');
  }

  @Timed()
  stream(): Observable<number> {
    return of(1, 2);
  }

  @Timed()
  broken(): Observable<never> {
    return throwError(() => new Error('sold out'));
  }

  @Timed()
  endless(): Observable<never> {
    return NEVER;
  }

  @Counted()
  subject(): BehaviorSubject<number> {
    return new BehaviorSubject(3);
  }

  @Counted()
  query(): { then: () => never } {
    return {
      then: () => {
        throw new Error('a query that nobody has asked for');
      },
    };
  }

  @Timed()
  numbers(): Observable<number> {
    return generate({
      initialState: 0,
      iterate: (number) => {
        if (number > 1_000) throw new Error('nobody has stopped it');
        return number + 1;
      },
    });
  }

  @Counted()
  answer(isThere: boolean): Promise<string> & { json: () => Promise<unknown> } {
    const text = isThere ? Promise.resolve('{}') : Promise.reject(new Error('sold out'));
    return Object.assign(text, { json: async (): Promise<unknown> => JSON.parse(await text) });
  }

  @Counted()
  chain(): Observable<number> & { last: () => number } {
    return Object.assign(of(1, 2), { last: () => 2 });
  }

  @Counted()
  lazy(): LazyQuery {
    return new LazyQuery(() => undefined);
  }

  @Counted({ name: 'later_seconds', help: 'A name that is taken' })
  clashing(): string {
    return 'done';
  }

  @Counted()
  static ofClass(): string {
    return this.name;
  }
}

@Counted()
class Whole {
  first(): string {
    return this.second();
  }

  second(): string {
    return 'second';
  }

  @Counted({ name: 'own_calls_total', help: 'Of its own' })
  apart(): string {
    return 'apart';
  }

  get third(): string {
    return this.second().replace('second', 'third');
  }
}

const MARK = 'mark';
const Mark = (value: string): MethodDecorator => {
  return (_target, _key, descriptor) => {
    Reflect.defineMetadata(MARK, value, descriptor.value as unknown as object);
  };
};

class Marked {
  @Timed()
  @Mark('below')
  below(_one: unknown, _two: unknown): void {
    // Its name and metadata are what matters.
  }

  @Mark('above')
  @Timed()
  above(): void {
    // As above.
  }
}

@Controller('orders')
@Injectable()
class OrdersController {
  @Timed()
  @Get(':id')
  @Counted()
  find(@Param('id') id: string): string {
    return id;
  }
}

let app: INestApplicationContext | undefined;

async function start(): Promise<MetricsService> {
  @Module({
    imports: [
      PrometheusPushgatewayModule.forRoot({
        prometheus: { jobs: ['shop'] },
        pushgateway: { redis: 'memory' },
        autoPush: false,
      }),
    ],
    controllers: [OrdersController],
  })
  class AppModule {}
  app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  return app.get(MetricsService);
}

afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function counts(metrics: MetricsService, name: string): Promise<string[]> {
  const text = await metrics.text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(name) && /^\w+?(_count|_total)\{/.test(line))
    .map((line) => line.replace(/^\w+\{class="(\w+)",method="(\w+)",outcome="(\w+)"\} /, '$1.$2 $3 '))
    .sort();
}

interface Named {
  readonly name: string;
  readonly length: number;
}

function methodOf({ prototype }: { readonly prototype: object }, name: string): Named {
  return Object.getOwnPropertyDescriptor(prototype, name)?.value as Named;
}

describe('measured methods', () => {
  it('do as they did where no module is', async () => {
    const checkout = new Checkout();
    expect(checkout.now(2)).toBe(14);
    expect(() => checkout.fails()).toThrow('sold out');
    expect(await checkout.later(3)).toBe(21);
    expect(await firstValueFrom(checkout.stream())).toBe(1);
  });

  it('are timed by how they end: at once, with a promise, with an observable', async () => {
    const metrics = await start();
    const checkout = new Checkout();
    expect(checkout.now(2)).toBe(14);
    expect(() => checkout.fails()).toThrow('sold out');
    expect(await checkout.later(3)).toBe(21);
    await expect(checkout.rejects()).rejects.toThrow('sold out');
    const values: number[] = [];
    const stream = checkout.stream();
    stream.subscribe((value) => values.push(value));
    expect(values).toEqual([1, 2]);
    stream.subscribe();
    await expect(firstValueFrom(checkout.broken())).rejects.toThrow('sold out');
    checkout.endless().subscribe().unsubscribe();
    expect(await counts(metrics, 'method_duration_seconds')).toEqual([
      'Checkout.broken error 1',
      'Checkout.endless cancelled 1',
      'Checkout.fails error 1',
      'Checkout.now success 1',
      'Checkout.rejects error 1',
      'Checkout.stream success 2',
    ]);
    expect(await counts(metrics, 'later_seconds')).toEqual(['Checkout.later success 1']);
  });

  it('give subjects and lazy queries as they are', async () => {
    const metrics = await start();
    const checkout = new Checkout();
    expect(checkout.subject().value).toBe(3);
    expect(Object.keys(checkout.query())).toEqual(['then']);
    expect(Checkout.ofClass()).toBe('Checkout');
    expect(await counts(metrics, 'method_calls_total')).toEqual([
      'Checkout.ofClass success 1',
      'Checkout.query success 1',
      'Checkout.subject success 1',
    ]);
  });

  it('give an observable that stops when nobody listens any more', async () => {
    const metrics = await start();
    const checkout = new Checkout();
    expect(await firstValueFrom(checkout.numbers())).toBe(0);
    await expect(lastValueFrom(checkout.numbers())).rejects.toThrow('nobody has stopped it');
    expect(await counts(metrics, 'method_duration_seconds')).toEqual([
      'Checkout.numbers cancelled 1',
      'Checkout.numbers error 1',
    ]);
  });

  it('are timed from the subscription, each of which is a run', async () => {
    const metrics = await start();
    const clock = jest.spyOn(performance, 'now');
    try {
      clock.mockReturnValue(1_000);
      const stream = new Checkout().stream();
      expect(await counts(metrics, 'method_duration_seconds')).toEqual([]);
      clock.mockReturnValue(61_000);
      stream.subscribe();
      stream.subscribe();
    } finally {
      clock.mockRestore();
    }
    expect(await counts(metrics, 'method_duration_seconds')).toEqual(['Checkout.stream success 2']);
    expect(await metrics.text()).toMatch(/^method_duration_seconds_sum\{.*\} 0$/m);
  });

  it('give promises and observables with methods of their own as they are, and know how the promises end', async () => {
    const metrics = await start();
    const checkout = new Checkout();
    expect(await checkout.answer(true).json()).toEqual({});
    await expect(checkout.answer(false).json()).rejects.toThrow('sold out');
    expect(checkout.chain().last()).toBe(2);
    expect(checkout.lazy()).toBeInstanceOf(LazyQuery);
    expect(await counts(metrics, 'method_calls_total')).toEqual([
      'Checkout.answer error 1',
      'Checkout.answer success 1',
      'Checkout.chain success 1',
      'Checkout.lazy success 1',
    ]);
  });

  it('wait for their promises where AsyncLocalStorage is used', async () => {
    const metrics = await start();
    await new AsyncLocalStorage().run(7, () => expect(new Checkout().rejects()).rejects.toThrow('sold out'));
    expect(await counts(metrics, 'method_duration_seconds')).toEqual(['Checkout.rejects error 1']);
  });

  it('are all methods of a class', async () => {
    const metrics = await start();
    expect(new Whole().first()).toBe('second');
    expect(new Whole().third).toBe('third');
    expect(new Whole().apart()).toBe('apart');
    expect(await counts(metrics, 'own_calls_total')).toEqual(['Whole.apart success 1']);
    expect(await counts(metrics, 'method_calls_total')).toEqual(['Whole.first success 1', 'Whole.second success 2']);
  });

  it('keep name, length and what other decorators have noted, before or after', () => {
    const [below, above] = ['below', 'above'].map((name) => methodOf(Marked, name)) as [Named, Named];
    expect([below.name, below.length, Reflect.getMetadata(MARK, below)]).toEqual(['below', 2, 'below']);
    expect([above.name, above.length, Reflect.getMetadata(MARK, above)]).toEqual(['above', 0, 'above']);
    expect(Reflect.getMetadata('path', methodOf(OrdersController, 'find'))).toBe(':id');
  });

  it('can be measured in two ways', async () => {
    const metrics = await start();
    expect(new OrdersController().find('7')).toBe('7');
    expect(await counts(metrics, 'method_')).toEqual([
      'OrdersController.find success 1',
      'OrdersController.find success 1',
    ]);
  });

  it('go on where their metric cannot be, and in the next application', async () => {
    const first = await start();
    const checkout = new Checkout();
    await checkout.later(1);
    expect(checkout.clashing()).toBe('done');
    await app?.close();
    expect(checkout.now(1)).toBe(7);
    const second = await start();
    await checkout.later(1);
    expect(await counts(second, 'later_seconds')).toEqual(['Checkout.later success 1']);
    expect(first).not.toBe(second);
  });

  it('are methods and classes only', () => {
    expect(() => {
      Timed()(Checkout.prototype, 'price', { value: 7 });
    }).toThrow('Expected a method, got Checkout.price: measure methods and classes only');
  });
});
