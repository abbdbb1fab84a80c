// The gradient explorer: reads the sliders, computes (norms.js), draws. Its words are in the page.
"use strict"
{
  const UNITS = 16, INPUTS = 4
  const LOW = -16, HIGH = 8 // decades of the axis
  const CURVES = ["weights", "gates", "one_step", "path", "measured"]
  const SIGNED = ["c", "h", "g", "n"]
  const FORMAT = { scale: v => v.toFixed(2), bias: v => v.toFixed(1), size: v => v.toFixed(1) }

  function explore(root) {
    const { words, arrays, cells } = JSON.parse(root.dataset.drawn)
    const [view, plot, maps, at, said] = ["view", "plot", "maps", "at", "said"].map(name => root.querySelector(`.gx-${name}`))
    let shown, waiting, saying

    function update() {
      waiting = 0
      const cell = root.elements.cell.value, two = rnnref.cells[cell].states.length > 1
      if (!two) root.elements.state.value = "h"
      root.classList.toggle("gx-two", two)
      root.elements.bias.disabled = !(cell in rnnref.norms.PATHS)
      const chosen = { cell, state: root.elements.state.value, H: UNITS, D: INPUTS }
      for (const input of root.querySelectorAll("[type=range]")) {
        const value = chosen[input.name] = Number(input.value)
        input.previousElementSibling.value = (FORMAT[input.name] ?? String)(value)
      }
      const { params, inputs } = rnnref.norms.draw(cell, chosen)
      const steps = rnnref.norms.run(cell, params, inputs, UNITS)
      shown = { ...chosen, steps, norms: rnnref.norms.norms(cell, params, steps) }
      draw()
      clearTimeout(saying)
      saying = setTimeout(() => (said.innerHTML = summary(shown, words, cells)), 200)
    }

    function draw() {
      drawPlot(plot, shown, words, maps)
      drawMaps(maps, shown, arrays[shown.cell])
    }

    function point(event) {
      const { left, right } = axis(maps), { T, state, norms } = shown
      const x = event.clientX - view.getBoundingClientRect().left
      at.hidden = x < left || x > right
      if (at.hidden) return
      const n = T - Math.min(T, Math.floor((x - left) / (right - left) * (T + 1)))
      at.style.left = `${left + (T - n + 0.5) / (T + 1) * (right - left)}px`
      at.classList.toggle("gx-flip", n < T / 2)
      at.firstChild.textContent = `T − t = ${n}: ${number(norms[state].measured[n])}`
    }

    const soon = () => (waiting ||= requestAnimationFrame(update))
    root.addEventListener("input", soon)
    root.addEventListener("submit", event => event.preventDefault())
    view.addEventListener("pointermove", point)
    view.addEventListener("pointerleave", () => (at.hidden = true))
    for (const link of document.querySelectorAll("[data-set]")) link.addEventListener("click", event => {
      event.preventDefault() // the theme would load the page afresh
      event.stopPropagation()
      for (const [name, value] of new URLSearchParams(link.dataset.set)) root.elements[name].value = value
      soon()
      root.scrollIntoView()
    })
    update()
    const again = (_, observer) => root.isConnected ? draw() : observer.disconnect()
    new ResizeObserver(again).observe(view)
    new MutationObserver(again).observe(document.body, { attributeFilter: ["data-md-color-scheme"] })
  }

  // Where t = 0 ... T lie, a column for each: the columns that the maps leave between their labels.
  function axis(maps) {
    const style = getComputedStyle(maps), rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
    const width = name => parseFloat(style.getPropertyValue(name)) * rem
    return { left: width("--gx-left"), right: maps.clientWidth - width("--gx-right") }
  }

  function drawPlot(svg, { T, state, norms }, words, maps) {
    const { left, right } = axis(maps), top = 6, bottom = svg.clientHeight - 34
    const x = n => right - (n + 0.5) / (T + 1) * (right - left)
    const height = decade => top + (HIGH - decade) / (HIGH - LOW) * (bottom - top)
    const y = value => height(Math.max(LOW - 9, Math.min(HIGH + 9, Math.log10(value))))
    const parts = []
    for (let decade = LOW; decade <= HIGH; decade += 4) {
      const at = height(decade).toFixed(1)
      parts.push(`<line class="${decade ? "gx-grid" : "gx-one"}" x1="${left}" x2="${right}" y1="${at}" y2="${at}"/>`)
      parts.push(`<text x="${right + 6}" y="${at}" dy=".35em">${decade ? power(decade) : 1}</text>`)
    }
    for (let n = 0; n <= T; n += T > 40 ? 20 : 10) {
      parts.push(`<text x="${x(n).toFixed(1)}" y="${bottom + 15}" text-anchor="middle">${n}</text>`)
    }
    parts.push(`<text x="${(left + right) / 2}" y="${bottom + 29}" text-anchor="middle">${words.steps}</text>`)
    parts.push(`<clipPath id="gx-clip"><rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/></clipPath>`)
    const labels = []
    for (const name of CURVES) {
      const values = norms[state][name]
      if (!values) continue
      const points = values.map((value, n) => `${x(n).toFixed(1)},${y(value).toFixed(1)}`)
      parts.push(`<polyline class="gx-line ${name}" clip-path="url(#gx-clip)" points="${points.join(" ")}"/>`)
      labels.push({ name, value: values.at(-1), at: Math.max(top, Math.min(bottom, y(values.at(-1)))) })
    }
    spread(labels, top + 8, bottom - 12, 30)
    for (const { name, value, at } of labels) {
      const line = (text, dy) => `<text class="gx-end ${name}" x="${left - 8}" y="${at.toFixed(1)}" dy="${dy}">${text}</text>`
      parts.push(line(words[name], "-.1em"), line(number(value), "1em"))
    }
    svg.innerHTML = parts.join("")
  }

  // Move labels apart, in their order, and keep them between top and bottom.
  function spread(labels, top, bottom, gap) {
    labels.sort((a, b) => a.at - b.at || CURVES.indexOf(a.name) - CURVES.indexOf(b.name))
    let least = top
    for (const label of labels) least = (label.at = Math.max(label.at, least)) + gap
    let most = bottom
    for (const label of [...labels].reverse()) most = (label.at = Math.min(label.at, most)) - gap
  }

  function drawMaps(maps, { cell, T, steps }, arrays) {
    if (maps.dataset.cell !== cell) {
      maps.dataset.cell = cell
      maps.innerHTML = arrays.map(([name, title]) => `<div class="gx-map"><span>${title} ${
        name === "slope" ? "1 − <i>h</i>²" : `<i>${name}</i>`}</span><canvas></canvas><span></span></div>`).join("")
    }
    const colour = colours(maps)
    arrays.forEach(([name], row) => {
      const canvas = maps.children[row].children[1], signed = SIGNED.includes(name)
      const columns = steps.map(step => name === "slope" ? step.h.map(h => 1 - h * h) : step[name])
      const top = name === "c" ? Math.max(1, ...columns.map(v => v.reduce((most, e) => Math.max(most, Math.abs(e)), 0))) : 1
      Object.assign(canvas, { width: T + 1, height: UNITS })
      const image = new ImageData(T + 1, UNITS)
      columns.forEach((v, t) => v.forEach((value, k) => {
        const rgb = !signed ? colour.plain : value < 0 ? colour.below : colour.above
        const at = 4 * (k * (T + 1) + t + 1)
        image.data.set(rgb, at)
        image.data[at + 3] = 255 * Math.abs(value) / top
      }))
      canvas.getContext("2d").putImageData(image, 0, 0)
      maps.children[row].children[2].textContent = signed ? `±${top === 1 ? 1 : top.toPrecision(2)}` : "0–1"
    })
  }

  function colours(element) {
    const style = getComputedStyle(element), context = document.createElement("canvas").getContext("2d", { willReadFrequently: true })
    const rgb = name => {
      context.fillStyle = style.getPropertyValue(name).trim()
      context.fillRect(0, 0, 1, 1)
      return context.getImageData(0, 0, 1, 1).data.slice(0, 3)
    }
    return { plain: rgb("--eq-none"), above: rgb("--md-accent-fg-color"), below: rgb("--md-typeset-a-color") }
  }

  // Numbers in text -------------------------------------------------------------------------------

  const power = n => `10${String(n).replace(/./g, d => (d === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]))}`

  function number(value) {
    if (value === 0 || value === Infinity) return value ? "∞" : "0"
    const [digits, exponent] = value.toExponential(1).split("e")
    return Math.abs(exponent) < 3 ? String(Number(value.toPrecision(2))) : `${digits}·${power(Number(exponent))}`
  }

  function summary({ cell, T, norms }, words, cells) {
    const of = state => `<span class="gx-math">∥∂<i>${state}<sub>T</sub></i>/∂<i>${state}</i><sub>0</sub>∥</span>`
    const lines = Object.entries(norms).map(([state, found]) => of(state) + ["measured", "one_step", "gates", "weights"]
      .filter(name => found[name])
      .map(name => `${name === "measured" ? " = " : " ≤ "}${number(found[name].at(-1))} (${words[name]})`).join(""))
    return `${cells[cell]}, ${words.back.replace("{n}", T)}${lines.join("<br>")}`
  }

  const root = document.querySelector(".gx")
  if (root) explore(root)
}
