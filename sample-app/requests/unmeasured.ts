import { Reflector } from '@nestjs/core';

/** Marks a controller whose requests are no business of the shop, and count nowhere. */
export const Unmeasured = Reflector.createDecorator<boolean>();
