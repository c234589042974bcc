import { BadRequestException } from '@nestjs/common';

export const PAYMENT_METHODS = ['card', 'invoice'] as const;

export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

/** @throws BadRequestException that says what was expected. */
export function parsePaymentMethod(body: unknown): PaymentMethod {
  const { method } = (body ?? {}) as { method?: unknown };
  const known = PAYMENT_METHODS.find((each) => each === method);
  if (!known) throw new BadRequestException(`method: expected one of ${PAYMENT_METHODS.join(', ')}`);
  return known;
}
