import { Reflector } from '@nestjs/core';

/** Marks a controller whose requests are no business of the shop, and are not told on the page. */
export const Unmeasured = Reflector.createDecorator<boolean>();
