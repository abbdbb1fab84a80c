"""The source document's own program, its comments and docstrings left out."""

import torch
import torch.nn as nn
import torch.nn.functional as F
import numpy as np


class VanillaRNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.W_xh = nn.Linear(input_size, hidden_size)
        self.W_hh = nn.Linear(hidden_size, hidden_size)
        self.W_hy = nn.Linear(hidden_size, output_size)

    def forward(self, x, h_prev=None):
        batch_size, seq_len, _ = x.size()
        if h_prev is None:
            h = torch.zeros(batch_size, self.hidden_size, device=x.device)
        else:
            h = h_prev
        outputs = []
        for t in range(seq_len):
            x_t = x[:, t, :]
            h = torch.tanh(self.W_xh(x_t) + self.W_hh(h))
            y_t = self.W_hy(h)
            outputs.append(y_t.unsqueeze(1))
        outputs = torch.cat(outputs, dim=1)
        return (outputs, h)


class LSTMModel(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers, output_size, dropout=0.5):
        super().__init__()
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.lstm = nn.LSTM(
            input_size=input_size,
            hidden_size=hidden_size,
            num_layers=num_layers,
            batch_first=True,
            dropout=dropout if num_layers > 1 else 0,
        )
        self.fc = nn.Linear(hidden_size, output_size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, hidden=None):
        lstm_out, hidden = self.lstm(x, hidden)
        lstm_out = self.dropout(lstm_out)
        output = self.fc(lstm_out)
        return (output, hidden)

    def init_hidden(self, batch_size, device):
        h_0 = torch.zeros(self.num_layers, batch_size, self.hidden_size, device=device)
        c_0 = torch.zeros(self.num_layers, batch_size, self.hidden_size, device=device)
        return (h_0, c_0)


class GRUModel(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers, output_size, dropout=0.5):
        super().__init__()
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.gru = nn.GRU(
            input_size=input_size,
            hidden_size=hidden_size,
            num_layers=num_layers,
            batch_first=True,
            dropout=dropout if num_layers > 1 else 0,
        )
        self.fc = nn.Linear(hidden_size, output_size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, hidden=None):
        gru_out, hidden = self.gru(x, hidden)
        gru_out = self.dropout(gru_out)
        output = self.fc(gru_out)
        return (output, hidden)


class BiLSTM(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers, output_size):
        super().__init__()
        self.lstm = nn.LSTM(
            input_size=input_size,
            hidden_size=hidden_size,
            num_layers=num_layers,
            batch_first=True,
            bidirectional=True,
        )
        self.fc = nn.Linear(hidden_size * 2, output_size)

    def forward(self, x):
        lstm_out, _ = self.lstm(x)
        output = self.fc(lstm_out)
        return output


def clip_gradient(model, clip_value):
    torch.nn.utils.clip_grad_norm_(model.parameters(), clip_value)


if __name__ == "__main__":
    batch_size = 32
    seq_len = 10
    input_size = 50
    hidden_size = 128
    num_layers = 2
    output_size = 10
    print("=== Vanilla RNN ===")
    rnn = VanillaRNN(input_size, hidden_size, output_size)
    x = torch.randn(batch_size, seq_len, input_size)
    outputs, h = rnn(x)
    print(f"Input: {x.shape}")
    print(f"Output: {outputs.shape}")
    print(f"Hidden: {h.shape}")
    print("\n=== LSTM ===")
    lstm_model = LSTMModel(input_size, hidden_size, num_layers, output_size)
    hidden = lstm_model.init_hidden(batch_size, x.device)
    outputs, hidden = lstm_model(x, hidden)
    print(f"Output: {outputs.shape}")
    print(f"Hidden h: {hidden[0].shape}")
    print(f"Hidden c: {hidden[1].shape}")
    print("\n=== GRU ===")
    gru_model = GRUModel(input_size, hidden_size, num_layers, output_size)
    outputs, hidden = gru_model(x)
    print(f"Output: {outputs.shape}")
    print(f"Hidden: {hidden.shape}")
    print("\n=== Bidirectional LSTM ===")
    bilstm = BiLSTM(input_size, hidden_size, num_layers, output_size)
    outputs = bilstm(x)
    print(f"Output: {outputs.shape}")
    print("\n=== Gradient Clipping ===")
    optimizer = torch.optim.Adam(lstm_model.parameters())
    loss = outputs.sum()
    loss.backward()
    total_norm_before = 0
    for p in lstm_model.parameters():
        if p.grad is not None:
            total_norm_before += p.grad.data.norm(2).item() ** 2
    total_norm_before = total_norm_before**0.5
    print(f"Gradient norm before clipping: {total_norm_before:.4f}")
    clip_gradient(lstm_model, clip_value=1.0)
    total_norm_after = 0
    for p in lstm_model.parameters():
        if p.grad is not None:
            total_norm_after += p.grad.data.norm(2).item() ** 2
    total_norm_after = total_norm_after**0.5
    print(f"Gradient norm after clipping: {total_norm_after:.4f}")
