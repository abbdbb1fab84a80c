// The numbers of the gradient explorer, as examples/jacobian_norms.py has them: products of one-step
// state Jacobians along a trajectory, and what bounds their norms. Reads rnnref.cells (cells.js).
// A matrix here is {n, at}: n rows and columns, entry (j, k) is at[j * n + k].
"use strict"
{
  // The gate whose product is the path along one state, and that state.
  const PATHS = { lstm: ["c", "f"], gru_reset_after: ["h", "z"] }

  const square = n => ({ n, at: new Float64Array(n * n) })

  // Weights and inputs ----------------------------------------------------------------------------

  // Independent draws of variance 1: mulberry32 and Box-Muller.
  function normals(seed) {
    let state = seed >>> 0
    function uniform() {
      state = (state + 0x6d2b79f5) | 0
      let t = Math.imul(state ^ (state >>> 15), state | 1)
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
      return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32
    }
    return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  }

  // Recurrent weights with largest singular value `scale`, the bias of the gate of the path, inputs of
  // standard deviation `size`. A longer sequence begins with the shorter one.
  function draw(id, { scale, bias, size, seed, T, H, D }) {
    const normal = normals(seed)
    const gate = PATHS[id]?.[1]
    const params = {}
    for (const [name, shape] of Object.entries(rnnref.cells[id].params)) {
      const row = width => Float64Array.from({ length: width }, normal)
      if (shape.length === 1) params[name] = new Float64Array(H).fill(name === `b_i${gate}` ? bias : 0)
      else {
        const recurrent = shape[1] === "H"
        const rows = Array.from({ length: H }, () => row(recurrent ? H : D))
        const factor = recurrent ? scale / norm(fromRows(rows)) : 1 / Math.sqrt(D)
        params[name] = rows.map(v => v.map(w => w * factor))
      }
    }
    const inputs = Array.from({ length: T }, () => Float64Array.from({ length: D }, () => size * normal()))
    return { params, inputs }
  }

  function fromRows(rows) {
    const A = square(rows.length)
    rows.forEach((row, j) => A.at.set(row, j * A.n))
    return A
  }

  // Matrices --------------------------------------------------------------------------------------

  function most(v) {
    let top = 0
    for (let k = 0; k < v.length; k++) top = Math.max(top, Math.abs(v[k]))
    return top
  }

  function times({ n, at: a }, { at: b }) {
    const c = new Float64Array(n * n)
    for (let j = 0; j < n * n; j += n) for (let l = 0; l < n; l++) {
      const left = a[j + l]
      for (let k = 0; k < n; k++) c[j + k] += left * b[l * n + k]
    }
    return { n, at: c }
  }

  // The largest singular value of the H x H block (row, column) of A, or of all of A: the root of the
  // largest eigenvalue of A^T A, of which A is first scaled so that no square is lost to underflow.
  function norm(A, H = A.n, row = 0, column = 0) {
    const block = new Float64Array(H * H)
    for (let j = 0; j < H; j++) {
      const start = (row * H + j) * A.n + column * H
      block.set(A.at.subarray(start, start + H), j * H)
    }
    const largest = most(block)
    if (largest === 0 || !Number.isFinite(largest)) return largest
    for (let k = 0; k < H * H; k++) block[k] /= largest
    const gram = new Float64Array(H * H)
    for (let l = 0; l < H * H; l += H) for (let j = 0; j < H; j++) {
      const left = block[l + j]
      for (let k = 0; k <= j; k++) gram[j * H + k] += left * block[l + k]
    }
    return largest * Math.sqrt(largestEigenvalue(...tridiagonal(gram, H)))
  }

  // Householder: the diagonal and the squared off-diagonal of a symmetric matrix made tridiagonal. Its
  // lower half is read, and overwritten.
  function tridiagonal(at, n) {
    const diagonal = new Float64Array(n), squares = new Float64Array(n), p = new Float64Array(n)
    for (let m = n - 1; m > 0; m--) {
      const v = at.subarray(m * n, m * n + m)
      diagonal[m] = at[m * n + m]
      let rest = 0
      for (let k = 0; k < m - 1; k++) rest += v[k] * v[k]
      squares[m] = rest + v[m - 1] * v[m - 1]
      if (rest === 0) continue
      v[m - 1] += Math.sign(v[m - 1] || 1) * Math.sqrt(squares[m])
      const half = (rest + v[m - 1] * v[m - 1]) / 2
      p.fill(0)
      for (let j = 0; j < m; j++) {
        let sum = 0
        for (let k = 0; k < j; k++) {
          sum += at[j * n + k] * v[k]
          p[k] += at[j * n + k] * v[j]
        }
        p[j] += sum + at[j * n + j] * v[j]
      }
      let along = 0
      for (let k = 0; k < m; k++) along += (p[k] /= half) * v[k]
      for (let k = 0; k < m; k++) p[k] -= along / (2 * half) * v[k]
      for (let j = 0; j < m; j++) for (let k = 0; k <= j; k++) at[j * n + k] -= v[j] * p[k] + p[j] * v[k]
    }
    diagonal[0] = at[0]
    return [diagonal, squares]
  }

  // Bisection: an eigenvalue exceeds x unless every pivot of S - x is negative (Sturm).
  function largestEigenvalue(diagonal, squares) {
    let low = Math.max(...diagonal)
    let high = Math.max(...diagonal.map((d, k) => d + Math.sqrt(squares[k]) + Math.sqrt(squares[k + 1] ?? 0)))
    for (let x = (low + high) / 2; low < x && x < high; x = (low + high) / 2) {
      let pivot = diagonal[0] - x
      for (let k = 1; k < diagonal.length && pivot < 0; k++) pivot = diagonal[k] - x - squares[k] / pivot
      if (pivot < 0) high = x
      else low = x
    }
    return high
  }

  // Norms over T - t ------------------------------------------------------------------------------

  function run(id, params, inputs, H) {
    const cell = rnnref.cells[id], steps = []
    let before = cell.states.map(() => new Float64Array(H))
    for (const x of inputs) {
      steps.push(cell.step(params, x, ...before))
      before = cell.states.map(state => steps.at(-1)[state])
    }
    return steps
  }

  // One step: its Jacobian J, the norms of the blocks of J and of all of it, the bounds by the gates.
  function oneStep(cell, weights, sigma, step) {
    const { states } = cell, slopes = cell.slopes(step), H = step.h.length
    const n = states.length * H, at = new Float64Array(n * n), J = { n, at }
    const norms = square(states.length), gates = square(states.length)
    states.forEach((exit, row) => states.forEach((state, column) => {
      const own = row * gates.n + column, start = row * H * n + column * H
      const terms = slopes[exit][state]
      for (const [slope, weight] of terms) {
        gates.at[own] += most(slope) * (weight ? sigma[weight] : 1)
        const w = weights[weight]?.at
        for (let j = 0; j < H; j++) {
          const to = start + j * n
          if (!w) at[to + j] += slope[j]
          else for (let k = 0; k < H; k++) at[to + k] += slope[j] * w[j * H + k]
        }
      }
      const diagonal = terms.length === 1 && !terms[0][1]
      norms.at[own] = diagonal ? gates.at[own] : norm(J, H, row, column)
    }))
    return { J, norms, gates, whole: states.length === 1 ? norms.at[0] : norm(J) }
  }

  // Identity, then times each factor in turn.
  function products(factors) {
    const found = [square(factors[0].n)]
    for (let k = 0; k < found[0].n; k++) found[0].at[k * found[0].n + k] = 1
    for (const factor of factors) found.push(times(found.at(-1), factor))
    return found
  }

  // By state, over T - t = 0 ... T: measured, one_step, gates, path; and weights for the RNN.
  function norms(id, params, steps) {
    const cell = rnnref.cells[id], H = steps[0].h.length
    const recurrent = Object.keys(cell.params).filter(name => cell.params[name][1] === "H")
    const weights = Object.fromEntries(recurrent.map(name => [name, fromRows(params[name])]))
    const sigma = Object.fromEntries(recurrent.map(name => [name, norm(weights[name])]))
    const back = [...steps].reverse()
    const ones = back.map(step => oneStep(cell, weights, sigma, step))
    const whole = products(ones.map(one => one.J))
    const blocks = products(ones.map(one => one.norms))
    const gates = products(ones.map(one => one.gates))
    let of_wholes = 1
    const wholes = [1, ...ones.map(one => (of_wholes *= one.whole))]
    const found = {}
    cell.states.forEach((state, k) => {
      const own = A => A.at[k * A.n + k]
      found[state] = {
        measured: whole.map(A => norm(A, H, k, k)),
        one_step: blocks.map((A, n) => Math.min(own(A), wholes[n])),
        gates: gates.map(own),
      }
    })
    if (PATHS[id]) {
      const [state, gate] = PATHS[id]
      const along = new Float64Array(H).fill(1)
      const product = step => {
        for (let k = 0; k < H; k++) along[k] *= step[gate][k]
        return most(along)
      }
      found[state].path = [1, ...back.map(product)]
    } else found.h.weights = whole.map((_, n) => sigma.W_hh ** n)
    return found
  }

  rnnref.norms = { PATHS, draw, run, norm, norms, fromRows }
}
