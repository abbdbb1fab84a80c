// An LSTM in JavaScript, forward and backward, on the test vectors of rnnref:
//   node lstm.js lstm.json [float32] [mistake] > results.json
// It has one direction and sequences of one length; other cases it leaves out. Given the mistake
// "d-c-without-f", it forgets a factor.
"use strict"
const { readFileSync } = require("node:fs")

const [file, ...options] = process.argv.slice(2)
const [Numbers, dtype] = options.includes("float32")
  ? [Float32Array, "float32"]
  : [Float64Array, "float64"]
const without_f = options.includes("d-c-without-f")

const sigmoid = a => 1 / (1 + Math.exp(-a))
const zeros = n => new Numbers(n)
const numbers = array => Numbers.from(array.decimal)

function run({ params, given, layer }) {
  const [T, B, D] = given.x.shape
  const H = layer.hidden_size
  const W = numbers(params.weight_ih_l0)
  const U = numbers(params.weight_hh_l0)
  const b_ih = layer.bias ? numbers(params.bias_ih_l0) : zeros(4 * H)
  const b_hh = layer.bias ? numbers(params.bias_hh_l0) : zeros(4 * H)
  const x = numbers(given.x)
  const d_y = numbers(given.d_y)

  const y = zeros(T * B * H)
  const h_n = numbers(given.h_0)
  const c_n = numbers(given.c_0)
  const d_x = zeros(T * B * D)
  const d_h_0 = numbers(given.d_h_n)
  const d_c_0 = numbers(given.d_c_n)
  const d_W = zeros(4 * H * D)
  const d_U = zeros(4 * H * H)
  const d_b = zeros(4 * H)

  for (let b = 0; b < B; b++) {
    const h = h_n.subarray(b * H, (b + 1) * H) // written to in place: at last, the last state
    const c = c_n.subarray(b * H, (b + 1) * H)
    const steps = []
    for (let t = 0; t < T; t++) {
      const x_t = x.subarray((t * B + b) * D, (t * B + b + 1) * D)
      const step = { x: x_t, h_prev: h.slice(), c_prev: c.slice(), gates: zeros(4 * H) }
      for (let j = 0; j < 4 * H; j++) {
        let a = b_ih[j] + b_hh[j]
        for (let k = 0; k < D; k++) a += W[j * D + k] * x_t[k]
        for (let k = 0; k < H; k++) a += U[j * H + k] * step.h_prev[k]
        step.gates[j] = Math.floor(j / H) === 2 ? Math.tanh(a) : sigmoid(a) // i, f, g, o
      }
      const [i, f, g, o] = split(step.gates, H)
      for (let k = 0; k < H; k++) {
        c[k] = f[k] * c[k] + i[k] * g[k]
        h[k] = o[k] * Math.tanh(c[k])
      }
      step.c = c.slice()
      y.set(h, (t * B + b) * H)
      steps.push(step)
    }

    const d_h = d_h_0.subarray(b * H, (b + 1) * H)
    const d_c = d_c_0.subarray(b * H, (b + 1) * H)
    const d_a = zeros(4 * H)
    const [d_i, d_f, d_g, d_o] = split(d_a, H)
    for (let t = T - 1; t >= 0; t--) {
      const step = steps[t]
      const [i, f, g, o] = split(step.gates, H)
      for (let k = 0; k < H; k++) {
        const d = d_h[k] + d_y[(t * B + b) * H + k]
        const s = Math.tanh(step.c[k])
        const d_ck = d_c[k] + d * o[k] * (1 - s * s)
        d_i[k] = d_ck * g[k] * i[k] * (1 - i[k])
        d_f[k] = d_ck * step.c_prev[k] * f[k] * (1 - f[k])
        d_g[k] = d_ck * i[k] * (1 - g[k] * g[k])
        d_o[k] = d * s * o[k] * (1 - o[k])
        d_c[k] = without_f ? d_ck : d_ck * f[k]
      }
      d_h.fill(0)
      for (let j = 0; j < 4 * H; j++) {
        d_b[j] += d_a[j]
        for (let k = 0; k < D; k++) {
          d_W[j * D + k] += d_a[j] * step.x[k]
          d_x[(t * B + b) * D + k] += d_a[j] * W[j * D + k]
        }
        for (let k = 0; k < H; k++) {
          d_U[j * H + k] += d_a[j] * step.h_prev[k]
          d_h[k] += d_a[j] * U[j * H + k]
        }
      }
    }
  }
  const d_bias = layer.bias ? { d_bias_ih_l0: d_b, d_bias_hh_l0: d_b } : {}
  const found = { y, h_n, c_n, d_x, d_h_0, d_c_0, d_weight_ih_l0: d_W, d_weight_hh_l0: d_U }
  return Object.fromEntries(
    Object.entries({ ...found, ...d_bias }).map(([name, v]) => [name, Array.from(v)])
  )
}

function split(gates, H) {
  return [0, 1, 2, 3].map(q => gates.subarray(q * H, (q + 1) * H))
}

const cases = {}
for (const vector of JSON.parse(readFileSync(file, "utf8")).cases) {
  if (!vector.lengths && !vector.layer.bidirectional) cases[vector.id] = run(vector)
}
console.log(JSON.stringify({ cell: "lstm", dtype, implementation: "lstm.js", cases }))
