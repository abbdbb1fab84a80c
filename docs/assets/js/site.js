// Conveniences only: everything on the page can be read without this file.

// Copy LaTeX or NumPy.
document.addEventListener("click", async event => {
  const button = event.target.closest("[data-copy]")
  if (!button) return
  await copy(button.dataset.copy)
  const label = button.textContent
  if (button.dataset.busy) return
  button.dataset.busy = "1"
  button.textContent = button.dataset.copied
  setTimeout(() => {
    button.textContent = label
    delete button.dataset.busy
  }, 1200)
})

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const area = document.createElement("textarea") // pages from a file have no clipboard
  area.value = text
  document.body.append(area)
  area.select()
  document.execCommand("copy")
  area.remove()
}

// A copied selection has each formula as LaTeX, once.
document.addEventListener("copy", event => {
  const selection = getSelection()
  if (selection.isCollapsed) return
  const part = document.createElement("div")
  for (let i = 0; i < selection.rangeCount; i++) part.append(selection.getRangeAt(i).cloneContents())
  const formulas = part.querySelectorAll(".katex-mathml")
  if (formulas.length === 0) return
  part.querySelectorAll(".katex-html, .eq-tools").forEach(node => node.remove())
  for (const formula of formulas) {
    const tex = formula.querySelector("annotation")?.textContent ?? formula.textContent
    formula.replaceWith(`$${tex}$`)
  }
  document.body.append(part) // innerText breaks lines only for what is on the page
  event.clipboardData.setData("text/plain", part.innerText)
  part.remove()
  event.preventDefault()
})

// One badge open at a time; a click elsewhere or Escape closes it.
function closeBadges(except) {
  for (const badge of document.querySelectorAll(".eq-badge[open]")) {
    if (badge !== except) badge.open = false
  }
}
document.addEventListener("click", event => closeBadges(event.target.closest(".eq-badge")))
document.addEventListener("keydown", event => {
  if (event.key === "Escape") closeBadges()
})

// A link to a formula in a folded card unfolds it.
function unfold() {
  let target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (!target?.closest("details:not([open])")) return
  for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true
  target.scrollIntoView()
}
window.addEventListener("hashchange", unfold)

// The language link follows the page, and keeps the reader's place on it.
function place() {
  if (scrollY < 200) return ""
  const marks = document.querySelectorAll(".md-content :is(h2, h3, .eq, .eq-row)[id]")
  const above = [...marks].filter(mark => mark.offsetParent && mark.getBoundingClientRect().top < 240)
  return above.length ? `#${above.at(-1).id}` : ""
}
document.addEventListener("click", event => {
  const link = event.target.closest("[data-language]")
  if (link) link.hash = place()
}, true)
window.document$?.subscribe(() => {
  unfold()
  const other = document.head.querySelector("link[rel=page-language]")
  const link = document.querySelector("[data-language]")
  if (other && link) link.href = new URL(other.getAttribute("href"), location.href).href
})
