import { render } from 'preact'

class DeskhookApp extends HTMLElement {
  connectedCallback() {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    render(<main>Webhooks</main>, root)
  }
}

customElements.define('deskhook-app', DeskhookApp)
