import { useId } from 'preact/hooks'

/** A switch with a hint of what its state means. */
export function Switch(props: { label: string; on: boolean; hint: string; onChange: (on: boolean) => void }) {
  const hint = useId()
  return (
    <div class="switch">
      <button
        type="button"
        role="switch"
        aria-checked={props.on}
        aria-describedby={hint}
        onClick={() => props.onChange(!props.on)}
      >
        <span class="thumb" aria-hidden="true" />
        {props.label}
      </button>
      <p class="help" id={hint}>
        {props.hint}
      </p>
    </div>
  )
}
