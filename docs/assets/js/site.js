// Conveniences only: everything on the page can be read without this file.

// A note beside what it speaks of: what a symbol is, or that something was copied.
const note = document.createElement("div")
note.className = "eq-note"
note.setAttribute("role", "status")
let noted = null

function say(text, target) {
  if (!note.isConnected) document.body.append(note)
  noted?.classList.remove("noted")
  noted = target
  target.classList.add("noted")
  note.textContent = text
  note.style.display = "block"
  const box = target.getBoundingClientRect()
  const left = box.left + (box.width - note.offsetWidth) / 2
  const above = box.top - note.offsetHeight - 6
  note.style.left = `${Math.max(8, Math.min(left, innerWidth - note.offsetWidth - 8))}px`
  note.style.top = `${above > 60 ? above : box.bottom + 6}px`
}

function hush() {
  if (!noted) return
  noted.classList.remove("noted")
  noted = null
  note.style.display = "none"
  note.textContent = ""
}
addEventListener("scroll", hush, { passive: true })
addEventListener("hashchange", hush)

// Copy LaTeX, NumPy or BibTeX.
const sources = {
  tex: card => card.querySelector(".eq-body annotation").textContent,
  numpy: card => card.querySelector(".eq-numpy code").textContent,
  cite: (card, button) => button.dataset.cite.replace("{#}", `{${card.querySelector(".eq-number").href}}`),
}
document.addEventListener("click", async event => {
  const button = event.target.closest("[data-copy]")
  if (!button) return
  await copy(sources[button.dataset.copy](button.closest(".eq-row, .eq"), button))
  say(words().copied, button)
  setTimeout(() => noted === button && hush(), 1200)
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
  const formulas = part.querySelectorAll("x-math")
  if (formulas.length === 0) return
  part.querySelectorAll(".eq-tools").forEach(node => node.remove())
  for (const formula of formulas) {
    const tex = formula.querySelector("annotation")?.textContent
    formula.replaceWith(tex ? `$${tex}$` : formula.textContent)
  }
  document.body.append(part) // innerText breaks lines only for what is on the page
  event.clipboardData.setData("text/plain", part.innerText)
  part.remove()
  event.preventDefault()
})

// What a symbol is: under the pointer, at a tap, or with the arrow keys in a formula.
let legend = {}
function words() {
  return legend.words ?? {}
}
function readLegend() {
  legend = JSON.parse(document.getElementById("legend")?.dataset.legend ?? "{}")
}

function explain(symbol) {
  const card = symbol.closest(".eq-row, .eq")
  const anchor = card.querySelector(".eq-number").hash.slice(1)
  const home = decodeURIComponent(anchor).slice("eq:".length).split(".")[0]
  const text = legend[home]?.[symbol.dataset.s]
  if (text) say(text, symbol)
}

document.addEventListener("pointerover", event => {
  const symbol = event.target.closest?.("[data-s]")
  if (symbol) explain(symbol)
  else if (noted?.dataset.s && event.pointerType === "mouse") hush()
})
document.addEventListener("click", event => {
  const symbol = event.target.closest("[data-s]")
  if (symbol) explain(symbol)
  else if (noted?.dataset.s) hush()
})
document.addEventListener("keydown", event => {
  if (event.key === "Escape") return hush()
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
  const formula = document.activeElement
  if (!step || !formula?.matches("x-math.display")) return
  const symbols = [...formula.querySelectorAll("[data-s]")]
  if (symbols.length === 0) return
  const at = symbols.indexOf(noted)
  const next = symbols[at < 0 ? (step > 0 ? 0 : symbols.length - 1) : at + step]
  if (!next) return
  event.preventDefault()
  const box = next.getBoundingClientRect(), frame = formula.getBoundingClientRect()
  if (box.left < frame.left) formula.scrollLeft -= frame.left - box.left + 40
  if (box.right > frame.right) formula.scrollLeft += box.right - frame.right + 40
  requestAnimationFrame(() => explain(next))
})
document.addEventListener("focusout", hush)

// The index shows what matches every word.
document.addEventListener("input", event => {
  if (!event.target.matches(".index-filter")) return
  const wanted = event.target.value.toLowerCase().split(/\s+/).filter(Boolean)
  for (const line of document.querySelectorAll(".index > li")) {
    const text = line.textContent.toLowerCase()
    line.hidden = !wanted.every(word => text.includes(word))
  }
  for (const list of document.querySelectorAll(".index")) {
    list.parentElement.previousElementSibling.hidden = !list.querySelector("li:not([hidden])")
  }
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
  hush()
  readLegend()
  const other = document.head.querySelector("link[rel=page-language]")
  const link = document.querySelector("[data-language]")
  if (other && link) link.href = new URL(other.getAttribute("href"), location.href).href
})
if (!window.document$) readLegend()
