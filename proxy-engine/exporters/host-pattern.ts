/** What a host may be. */

const REG_NAME =
  '([^\\x00-\\x20\\x22\\x23\\x25\\x2c\\x2f\\x3a\\x3c\\x3e-\\x40\\x5b-\\x5e\\x60\\x7b-\\x7d\\x7f]|%[0-9A-Fa-f]{2})*';
const LITERAL = '\\[[0-9A-Fa-f:.]+\\]';

/**
 * A pattern of RE2 and PCRE for a Host that Switchyard takes (RFC 9110 §7.2, RFC 3986 §3.2.2): to all others it answers 400. Targets
 * pass them on, and a backend may find a name in them that no condition has found.
 */
export const HOST_PATTERN = `^(${LITERAL}|${REG_NAME})(:[0-9]{0,5})?$`;
