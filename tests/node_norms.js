// Reads {scripts, cases} as JSON, runs the scripts of the site, and prints what each case gives.
"use strict"
const { scripts, cases } = JSON.parse(require("fs").readFileSync(0, "utf8"))
for (const text of scripts) require("vm").runInThisContext(text)

const plain = (_, value) => ArrayBuffer.isView(value) ? [...value] : value

const RUN = {
  sequence({ cell, params, inputs, H }) {
    const steps = rnnref.norms.run(cell, params, inputs, H)
    return { steps, norms: rnnref.norms.norms(cell, params, steps) }
  },
  norm: ({ rows }) => rnnref.norms.norm(rnnref.norms.fromRows(rows)),
  draw: ({ cell, chosen }) => rnnref.norms.draw(cell, chosen),
  ends({ cell, chosen, seeds }) {
    return seeds.map(seed => {
      const { params, inputs } = rnnref.norms.draw(cell, { ...chosen, seed })
      const steps = rnnref.norms.run(cell, params, inputs, chosen.H)
      const found = rnnref.norms.norms(cell, params, steps)
      for (const of of Object.values(found)) for (const name in of) of[name] = of[name].at(-1)
      return { ...found, slopes: steps.flatMap(step => [...step.h].map(h => 1 - h * h)) }
    })
  },
}
console.log(JSON.stringify(cases.map(one => RUN[one.run](one)), plain))
