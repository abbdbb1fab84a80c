"""Every work that the project cites, once, by a short key. Imports notation.

Cells, losses and claims cite from here; pages by the key, from ``docs/data/references.json``.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.notation import Citation

REFERENCES: dict[str, Citation] = {
    "hochreiter_1991": Citation(
        "S. Hochreiter, Untersuchungen zu dynamischen neuronalen Netzen, diploma thesis, "
        "Technische Universität München (1991)",
    ),
    "bridle_1990": Citation(
        "J. S. Bridle, Probabilistic interpretation of feedforward classification network "
        "outputs, with relationships to statistical pattern recognition, Neurocomputing "
        "(1990) 227–236",
        doi="10.1007/978-3-642-76153-9_28",
    ),
    "elman_1990": Citation(
        "J. L. Elman, Finding structure in time, Cognitive Science 14 (1990) 179–211",
        doi="10.1207/s15516709cog1402_1",
    ),
    "bengio_1994": Citation(
        "Y. Bengio, P. Simard and P. Frasconi, Learning long-term dependencies with gradient "
        "descent is difficult, IEEE Transactions on Neural Networks 5 (1994) 157–166",
        doi="10.1109/72.279181",
    ),
    "mackay_1995": Citation(
        "D. J. C. MacKay and L. C. Bauman Peto, A hierarchical Dirichlet language model, "
        "Natural Language Engineering 1 (1995) 289–308",
        doi="10.1017/S1351324900000218",
    ),
    "hochreiter_1997": Citation(
        "S. Hochreiter and J. Schmidhuber, Long short-term memory, "
        "Neural Computation 9 (1997) 1735–1780",
        doi="10.1162/neco.1997.9.8.1735",
    ),
    "gers_1999": Citation(
        "F. A. Gers, J. Schmidhuber and F. Cummins, Learning to forget: continual prediction with "
        "LSTM, ICANN (1999) 850–855",
        doi="10.1049/cp:19991218",
    ),
    "gers_2000": Citation(
        "F. A. Gers, J. Schmidhuber and F. Cummins, Learning to forget: continual prediction with "
        "LSTM, Neural Computation 12 (2000) 2451–2471",
        doi="10.1162/089976600300015015",
    ),
    "gers_peephole": Citation(
        "F. A. Gers and J. Schmidhuber, Recurrent nets that time and count, "
        "IJCNN (2000), vol. 3, 189–194",
        doi="10.1109/IJCNN.2000.861302",
    ),
    "graves_2013": Citation(
        "A. Graves, Generating sequences with recurrent neural networks (2013)",
        url="https://arxiv.org/abs/1308.0850",
    ),
    "pascanu_2013": Citation(
        "R. Pascanu, T. Mikolov and Y. Bengio, On the difficulty of training recurrent neural "
        "networks, ICML (2013), PMLR 28(3), 1310–1318",
        url="https://proceedings.mlr.press/v28/pascanu13.html",
    ),
    "cho_2014": Citation(
        "K. Cho et al., Learning phrase representations using RNN encoder–decoder for statistical "
        "machine translation, EMNLP (2014) 1724–1734",
        doi="10.3115/v1/D14-1179",
    ),
    "cho_preprint": Citation(
        "K. Cho et al., Learning phrase representations using RNN encoder–decoder for statistical "
        "machine translation, first preprint (2014)",
        url="https://arxiv.org/abs/1406.1078v1",
    ),
    "chung_2014": Citation(
        "J. Chung, C. Gulcehre, K. Cho and Y. Bengio, Empirical evaluation of gated recurrent "
        "neural networks on sequence modeling (2014)",
        url="https://arxiv.org/abs/1412.3555",
    ),
    "sutskever_2014": Citation(
        "I. Sutskever, O. Vinyals and Q. V. Le, Sequence to sequence learning with neural "
        "networks, NIPS (2014), Advances in Neural Information Processing Systems 27, 3104–3112",
        url="https://arxiv.org/abs/1409.3215",
    ),
    "greff_2017": Citation(
        "K. Greff, R. K. Srivastava, J. Koutník, B. R. Steunebrink and J. Schmidhuber, LSTM: a "
        "search space odyssey, IEEE Transactions on Neural Networks and Learning Systems 28 "
        "(2017) 2222–2232",
        doi="10.1109/TNNLS.2016.2582924",
    ),
    "onnx_lstm": Citation(
        "ONNX, operator LSTM, version 14 (2021)",
        url="https://onnx.ai/onnx/operators/onnx__LSTM.html",
    ),
    "onnx_rnn": Citation(
        "ONNX, operator RNN, version 14 (2021)",
        url="https://onnx.ai/onnx/operators/onnx__RNN.html",
    ),
    "onnx_gru": Citation(
        "ONNX, operator GRU, version 14 (2021)",
        url="https://onnx.ai/onnx/operators/onnx__GRU.html",
    ),
    "sak_2014": Citation(
        "H. Sak, A. Senior and F. Beaufays, Long short-term memory recurrent neural network "
        "architectures for large scale acoustic modeling, Interspeech (2014) 338–342",
        doi="10.21437/Interspeech.2014-80",
    ),
    "sak_preprint": Citation(
        "H. Sak, A. Senior and F. Beaufays, Long short-term memory based recurrent neural "
        "network architectures for large vocabulary speech recognition (2014)",
        url="https://arxiv.org/abs/1402.1128",
    ),
    "kingma_2015": Citation(
        "D. P. Kingma and J. Ba, Adam: a method for stochastic optimization, ICLR (2015)",
        url="https://arxiv.org/abs/1412.6980",
    ),
    "appleyard_2016": Citation(
        "J. Appleyard, T. Kocisky and P. Blunsom, Optimizing performance of recurrent neural "
        "networks on GPUs (2016)",
        url="https://arxiv.org/abs/1604.01946",
    ),
    "goodfellow_2016": Citation(
        "I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, MIT Press (2016)",
        url="https://www.deeplearningbook.org",
    ),
    "zhou_2016": Citation(
        "G.-B. Zhou, J. Wu, C.-L. Zhang and Z.-H. Zhou, Minimal gated unit for recurrent neural "
        "networks, International Journal of Automation and Computing 13 (2016) 226–234",
        url="https://arxiv.org/abs/1603.09420",
    ),
    "weiss_2018": Citation(
        "G. Weiss, Y. Goldberg and E. Yahav, On the practical computational power of finite "
        "precision RNNs for language recognition, ACL (2018), vol. 2, 740–745",
        doi="10.18653/v1/P18-2117",
    ),
}


def cited(*keys: str) -> tuple[Citation, ...]:
    """Some of them, in the order given."""
    return tuple(REFERENCES[key] for key in keys)


def passage(key: str, where: str) -> Citation:
    """A place in one of them: a section, an equation."""
    work = REFERENCES[key]
    return replace(work, text=f"{work.text}, {where}")
