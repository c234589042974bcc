/** Injection token of the checked options, every default filled in: {@link ResolvedOptions}. */
export const RESOLVED_OPTIONS = Symbol('PrometheusPushgatewayResolvedOptions');
