import { useEffect, useState } from 'preact/hooks'
import type { Input, Secret } from '../api/schema'
import { useApp } from '../app-context'
import { useLoad } from '../ui/load'
import { type Draft, readDraft, startDraft, type Unsendable } from './binding'

const none: readonly Secret[] = []

/** useInputsForm holds a form of inputs: its draft, what is wrong, and sending it. */
export function useInputsForm(inputs: readonly Input[] | undefined, present?: Record<string, unknown>) {
  const { client } = useApp()
  const secrets = useLoad((signal) => client.secrets(signal), [])
  const [draft, setDraft] = useState<Draft>({})
  const [unsendable, setUnsendable] = useState<Record<string, Unsendable>>({})
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)

  function reset(values?: Record<string, unknown>) {
    setDraft(startDraft(inputs ?? [], values))
    setUnsendable({})
    setError(undefined)
  }

  useEffect(() => reset(present), [inputs])

  /** Sends the values unless one cannot be sent; errors are kept for the fields. */
  async function submit(send: (values: Record<string, unknown>) => Promise<void>): Promise<void> {
    const read = readDraft(inputs ?? [], draft, present)
    setUnsendable(read.unsendable)
    setError(undefined)
    if (Object.keys(read.unsendable).length > 0) return
    setBusy(true)
    try {
      await send(read.values)
    } catch (e) {
      setError(e)
    } finally {
      setBusy(false)
    }
  }

  return {
    error,
    busy,
    submit,
    reset,
    /** Names of the fields whose errors the form shows. */
    shown: (inputs ?? []).map((input) => `inputs.${input.name}`),
    fields: {
      inputs: inputs ?? [],
      draft,
      onChange: setDraft,
      secrets: secrets.value?.items ?? none,
      unsendable,
      error,
      ...(present && { present }),
    },
  }
}
