import { useRef, useState } from 'preact/hooks'
import { ApiError, type Tagged } from '../api/client'
import type { Behavior, Rule } from '../api/schema'
import { useApp } from '../app-context'

/** The draft's text against what is saved, and what happens when two save. */
export function useDraft(opened: Tagged<Behavior>) {
  const { client } = useApp()
  const [behavior, setBehavior] = useState(opened.value)
  const [text, setText] = useState(opened.value.source)
  const [saving, setSaving] = useState(false)
  const [conflict, setConflict] = useState(false)
  const [error, setError] = useState<unknown>()
  const etag = useRef(opened.etag)
  const { id } = behavior

  function adopt(tagged: Tagged<Behavior>) {
    etag.current = tagged.etag
    setBehavior(tagged.value)
  }

  async function save(): Promise<boolean> {
    setSaving(true)
    setError(undefined)
    try {
      adopt(await client.saveDraft(id, text, etag.current))
      return true
    } catch (e) {
      if (e instanceof ApiError && e.status === 412) setConflict(true)
      else setError(e)
      return false
    } finally {
      setSaving(false)
    }
  }

  return {
    behavior,
    text,
    setText,
    dirty: text !== behavior.source,
    saving,
    error,
    conflict,
    etag: () => etag.current,
    adopt,
    save,
    dismiss: () => setConflict(false),
    /** Changes the policy alone; the text stays as it is, saved or not. */
    async setPolicy(policy: Rule[] | null) {
      adopt(await client.setPolicy(id, policy, etag.current))
    },
    async overwrite() {
      etag.current = (await client.behavior(id)).etag
      setConflict(false)
      await save()
    },
    async theirs(): Promise<string> {
      const tagged = await client.behavior(id)
      adopt(tagged)
      setConflict(false)
      return tagged.value.source
    },
  }
}
