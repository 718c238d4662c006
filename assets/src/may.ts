/** What a caller may have; the server gives those that another contains as well. */
export type Permission = 'view' | 'payloads' | 'edit' | 'manage'

/**
 * May tells whether the caller has a permission. It decides what is shown; what
 * is allowed the server decides, at each call.
 */
export type May = (permission: Permission) => boolean

/** readMay reads the attribute data-permissions, names separated by blanks. */
export function readMay(attribute: string | undefined): May {
  const names = new Set((attribute ?? '').split(/\s+/))
  return (permission) => names.has(permission)
}
