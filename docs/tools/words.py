"""The words that the site itself says, in each language. The pages' own words are in the pages."""

from __future__ import annotations

LANGUAGES = ("en", "zh")

_WORDS = {
    # the badge
    "verified": ("Verified", "已验证"),
    "partly": ("Partly verified", "部分验证"),
    "failed": ("A check failed", "验证未通过"),
    "unverified": ("Not verified in this build", "本次构建未验证"),
    "zero": ("identically zero, symbolically", "符号意义下恒等于零"),
    "error": ("largest error", "最大误差"),
    "bound": ("bound", "容许"),
    "cases": ("{count} cases", "{count} 组"),
    "one_case": ("1 case", "1 组"),
    "absent": ("not run for this formula", "未对这条公式运行"),
    "absent_run": ("not run in this build", "本次构建未运行"),
    "absent_gpu": ("no GPU record", "没有 GPU 记录"),
    "absent_short": ("not run", "未运行"),
    "stale": ("ran on other code, does not count", "针对另一版代码，不计入"),
    "stale_short": ("other code", "另一版代码"),
    "mutants": (
        "{killed} of {total} changes to the code caught; {equivalent} change no result",
        "代码的 {total} 处改动中抓到 {killed} 处，另有 {equivalent} 处不改变结果",
    ),
    "note": ("Test run of {created} with {tools}.", "{created} 的测试，所用版本：{tools}。"),
    "comma": (", ", "、"),
    "and_also": ("; ", "；"),
    "about": ("What each check can see", "每种验证能看见什么"),
    # a symbol under the pointer
    "scalar": ("a number", "标量"),
    "accent_b": ("{title}: gradient of the loss", "{title}：损失对它的梯度"),
    "accent_bp": (
        "{title}: gradient that arrives from outside the step",
        "{title}：由步外传来的梯度",
    ),
    "accent_bl": (
        "{title}: gradient that the step hands back",
        "{title}：这一步交回的梯度",
    ),
    "accent_bt": (
        "{title}: what step t adds to the gradient",
        "{title}：第 t 步对梯度的贡献",
    ),
    "accent_d": ("{title}: tangent", "{title}：切向量"),
    "accent_db": ("{title}: tangent of the gradient", "{title}：梯度的切向量"),
    "accent_dbp": (
        "{title}: tangent of the gradient that arrives from outside the step",
        "{title}：由步外传来的梯度的切向量",
    ),
    "accent_dbl": (
        "{title}: tangent of the gradient that the step hands back",
        "{title}：这一步交回的梯度的切向量",
    ),
    "accent_dbt": (
        "{title}: tangent of what step t adds to the gradient",
        "{title}：第 t 步对梯度的贡献的切向量",
    ),
    # the card
    "copy_tex": ("Copy TeX", "复制 TeX"),
    "copy_numpy": ("Copy NumPy", "复制 NumPy"),
    "copy_cite": ("Copy BibTeX", "复制 BibTeX"),
    "label_tex": ("TeX", "TeX"),
    "label_numpy": ("NumPy", "NumPy"),
    "label_cite": ("Cite", "引用"),
    "permalink": ("Permanent link to {number}", "{number} 的永久链接"),
    "source_line": ("Generated code: {file}, line {line}", "生成的代码：{file} 第 {line} 行"),
    "copied": ("Copied", "已复制"),
    "shape": ("Shape", "形状"),
    "assumes": ("Assumed:", "前提："),
    "steps": ("Derivation in {count} steps", "推导，共 {count} 步"),
    "steps_one": ("Derivation in one step", "推导，一步"),
    "proof": ("Proof in {count} steps", "证明，共 {count} 步"),
    "proof_one": ("Proof in one step", "证明，一步"),
    "uses": ("Uses", "用到"),
    "numpy_lines": ("NumPy, {count} lines", "NumPy，{count} 行"),
    "not_in_ledger": ("Not in the ledger", "未登记"),
    # the ledger of claims
    "claim": ("Claim", "论断"),
    "statement": ("The document says", "文档所述"),
    "assumptions": ("Assumptions", "前提"),
    "finding": ("What is true", "结论"),
    "rests_on": ("Rests on", "依据公式"),
    "shown": ("Evidence, {count} items", "依据，{count} 条"),
    "shown_one": ("Evidence, 1 item", "依据，1 条"),
    "verdict_proved": ("Proved", "成立"),
    "verdict_corrected": ("Corrected", "已更正"),
    "verdict_refuted": ("Refuted", "不成立"),
    "verdict_empirical": ("Measured", "实测"),
    "verdict_opinion": ("Opinion", "观点"),
    # the index and the pages of code
    "filter": ("Filter by word, number or id", "按词、编号或标识筛选"),
    "retired": ("Retired; see", "已停用，见"),
    "code_title": ("{home}: generated code", "{home}：生成的代码"),
    "code_about": (
        "This is `{file}`, word for word, as the checks ran it. A comment behind a line, or the "
        "first line of a function, names the formula that it computes.",
        "这是 `{file}` 的全文，验证时运行的正是它。"
        "行末的注释，或函数的首行说明，写明所计算的公式。",
    ),
    # tables
    "symbol": ("Symbol", "记号"),
    "meaning": ("Meaning", "含义"),
    "in_code": ("In code", "代码中"),
    "route": ("Check", "验证方式"),
    "sees": ("Sees", "看得见"),
    "cannot_see": ("Cannot see", "看不见"),
    "numbers": ("Numbers", "编号"),
    "home": ("Definition", "定义"),
    "formulas": ("Formulas", "公式"),
    "this_run": ("Test run of {created}: ", "{created} 的测试："),
    "gpu_run": ("GPU record of {created}, {device}: ", "{created} 的 GPU 记录，{device}："),
    "no_run": (
        "There were no test results when this site was built; nothing counts as verified.",
        "构建本站时没有测试结果，因此没有一条公式算作已验证。",
    ),
    "no_gpu": ("There is no GPU record.", "没有 GPU 记录。"),
    "module": ("Generated code", "生成的代码"),
    # terms, works, conventions, results of examples
    "term": ("Term", "术语"),
    "other_language": ("Chinese", "英文"),
    "work": ("Work", "文献"),
    "cited_by": ("Cited by", "引用处"),
    "framework": ("Framework", "框架"),
    "convention": ("Convention", "约定"),
    "known": ("How it is known", "依据"),
    "known_tested": ("tested here", "本项目测试"),
    "known_read": ("read", "查阅"),
    "cell": ("Cell", "单元"),
    "kind_rnn": ("RNN", "RNN"),
    "kind_lstm": ("LSTM", "LSTM"),
    "kind_gru_reset_after": ("GRU, reset after", "GRU，重置在后"),
    "kind_gru_reset_before": ("GRU, reset before", "GRU，重置在前"),
    "error_outputs": ("Outputs", "输出"),
    "error_states": ("Final states", "末状态"),
    "error_gradients": ("Gradients", "梯度"),
    "versions_of": ("Record of {created}: {versions}.", "{created} 的记录：{versions}。"),
    "took": (
        "{command}: {cpu_seconds} s on one thread, Python {python}, NumPy {numpy}.",
        "{command}：单线程 {cpu_seconds} 秒，Python {python}，NumPy {numpy}。",
    ),
    "file": ("File", "文件"),
    "case_count": ("Cases", "算例数"),
    "flag": ("Flag", "标记"),
    "catches": ("Catches", "能发现"),
    "consequence": ("What follows otherwise", "否则的后果"),
    "mistake": ("Mistake", "错误"),
    "says": ("What is computed instead", "实际算的是"),
    "planted": ("Planted", "植入"),
    "by_vectors": ("Caught by the vectors", "测试向量发现"),
    "by_check": ("Caught by check", "check 发现"),
    "by_onnx": ("Caught by ONNX’s nodes", "ONNX 节点发现"),
    "onnx_nodes": ("ONNX’s nodes", "ONNX 节点数"),
    "alike": ("… with equal weights", "其中权重全等的"),
    "hash": ("SHA-256, first 16 digits", "SHA-256 前 16 位"),
    # the gradient explorer
    "explorer_cell": ("Cell", "单元"),
    "explorer_scale": ("Weights", "循环权重"),
    "explorer_bias": ("Bias of the gate", "门的偏置"),
    "explorer_size": ("Spread of the inputs", "输入的标准差"),
    "explorer_T": ("Length", "序列长度"),
    "explorer_seed": ("Random draw", "随机种子"),
    "explorer_norm": ("Norm", "范数"),
    "explorer_plot": (
        "Norm of the derivative over T − t, with its bounds; the numbers are said below.",
        "导数的范数随 T − t 的变化及其上界；数值见下文。",
    ),
    "explorer_maps": (
        "Gates and states over time, a row for each unit.",
        "门与状态随时间的变化，每行一个分量。",
    ),
    "explorer_zero_one": ("0 to 1", "0 到 1"),
    "explorer_signed": ("−, 0, +", "负、零、正"),
    "explorer_slope": ("slope", "斜率"),
    "explorer_measured": ("measured", "实测"),
    "explorer_one_step": ("one-step norms", "逐步范数之积"),
    "explorer_gates": ("gates", "由门给出的界"),
    "explorer_weights": ("weights", "由权重给出的界"),
    "explorer_path": ("path", "沿状态的路径"),
    "explorer_back": ("over {{n}} steps: ", "相隔 {{n}} 步："),
    "explorer_steps": ("steps back, T − t", "间隔 T − t"),
    "explorer_noscript": (
        "The explorer is drawn by JavaScript, which is turned off here.",
        "梯度演示由 JavaScript 绘制，而此处 JavaScript 已停用。",
    ),
}

ROLES = {
    "input": {"en": "Inputs", "zh": "输入"},
    "state": {"en": "States", "zh": "状态"},
    "parameter": {"en": "Parameters", "zh": "参数"},
    "intermediate": {"en": "Intermediate values", "zh": "中间量"},
    "output": {"en": "Outputs", "zh": "输出"},
}
"""The parts a symbol can play, in the order in which the table lists them."""


def say(lang: str, name: str, **values: object) -> str:
    """The words called ``name`` in ``lang``, with ``values`` filled in."""
    return _WORDS[name][LANGUAGES.index(lang)].format(**values)
