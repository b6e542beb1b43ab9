"""The same networks in PyTorch, written the way the public toolkits do it.

`nn.LSTM` wherever a layer is a plain recurrence, a Python loop over an
`nn.LSTMCell` and the window where it is not. Time comes first, which is
`nn.LSTM`'s own order and its fastest.
"""

import math

import torch
from torch import nn

WINDOW_START = (0.0, -1.0, -3.2)


class Synthesizer(nn.Module):
    """Graves's synthesis network (Sec. 5.1), less its peepholes.

    Args:
        hidden: units of each of the three layers.
        symbols: size of the alphabet.
        gaussians: components of the window.
        mixtures: components of the output's density.
    """

    def __init__(self, hidden=400, symbols=83, gaussians=10, mixtures=20):
        super().__init__()
        self.hidden, self.symbols = hidden, symbols
        self.gaussians, self.mixtures = gaussians, mixtures
        self.cell = nn.LSTMCell(3 + symbols, hidden)
        self.window = nn.Linear(hidden, 3 * gaussians)
        self.lstm_2 = nn.LSTM(3 + symbols + hidden, hidden)
        self.lstm_3 = nn.LSTM(3 + symbols + hidden, hidden)
        self.head = nn.Linear(3 * hidden, 1 + 6 * mixtures)
        with torch.no_grad():
            for value, part in zip(
                WINDOW_START, self.window.bias.chunk(3), strict=True
            ):
                part.fill_(value)

    def initial_state(self, batch):
        """The first layer's h and c, the window w and its kappa."""
        weight = self.head.weight
        return (
            weight.new_zeros(batch, self.hidden),
            weight.new_zeros(batch, self.hidden),
            weight.new_zeros(batch, self.symbols),
            weight.new_zeros(batch, self.gaussians),
        )

    def attend(self, x, characters, mask, positions, state):
        """One step of the first layer and the window: the next state."""
        h, c, w, kappa = state
        h, c = self.cell(torch.cat([x, w], 1), (h, c))
        alpha, beta, move = self.window(h).exp().chunk(3, 1)
        kappa = kappa + move
        distance = kappa[:, :, None] - positions
        phi = alpha[:, :, None] * torch.exp(-beta[:, :, None] * distance**2)
        phi = phi.sum(1) * mask
        w = torch.bmm(phi[:, None], characters)[:, 0]
        return h, c, w, kappa

    def forward(self, strokes, characters, mask):
        """`(T, B, 3)`, `(B, U, A)`, `(B, U)` -> `(T, B, 1 + 6M)`."""
        state = self.initial_state(strokes.shape[1])
        positions = torch.arange(1.0, characters.shape[1] + 1)
        hidden, windows = [], []
        for x in strokes:
            state = self.attend(x, characters, mask, positions, state)
            hidden.append(state[0])
            windows.append(state[2])
        h_1, w = torch.stack(hidden), torch.stack(windows)
        h_2, _ = self.lstm_2(torch.cat([strokes, w, h_1], 2))
        h_3, _ = self.lstm_3(torch.cat([strokes, w, h_2], 2))
        return self.head(torch.cat([h_1, h_2, h_3], 2))


def mdn_nll(targets, outputs, mixtures=20):
    """Eq. 26, a step: `(..., 3)`, `(..., 1 + 6M)` -> `(...)`, in nats."""
    end, rest = outputs[..., 0], outputs[..., 1:]
    pi, mu_1, mu_2, log_1, log_2, rho = rest.split(mixtures, -1)
    rho = torch.tanh(rho) * 0.9999
    z_1 = (targets[..., 0:1] - mu_1) * torch.exp(-log_1)
    z_2 = (targets[..., 1:2] - mu_2) * torch.exp(-log_2)
    free = 1.0 - rho**2
    log_density = (
        -(z_1**2 + z_2**2 - 2.0 * rho * z_1 * z_2) / (2.0 * free)
        - log_1
        - log_2
        - 0.5 * torch.log(free)
        - math.log(2.0 * math.pi)
    )
    mixture = torch.logsumexp(torch.log_softmax(pi, -1) + log_density, -1)
    # The paper's sign: the end of a stroke is sigmoid(-e).
    pen = nn.functional.binary_cross_entropy_with_logits(
        -end, targets[..., 2], reduction="none"
    )
    return pen - mixture


def training_step(network, learning_rate=1e-4):
    """A function that does one update, with the paper's optimizer.

    It takes inputs and targets `(T, B, 3)`, `characters (B, U, A)` and their
    mask, and `points (T, B)`, 1 where a point counts. It returns the loss.
    """
    optimizer = torch.optim.RMSprop(
        network.parameters(),
        lr=learning_rate,
        alpha=0.95,
        eps=1e-4,
        momentum=0.9,
        centered=True,
    )

    def step(inputs, targets, characters, mask, points):
        optimizer.zero_grad()
        outputs = network(inputs, characters, mask)
        nll = mdn_nll(targets, outputs, network.mixtures)
        loss = (nll * points).sum() / inputs.shape[1]
        loss.backward()
        nn.utils.clip_grad_value_(network.parameters(), 10.0)
        optimizer.step()
        return loss.item()

    return step


class PeepholeCell(nn.Module):
    """Eqs. 7 to 11, by hand: PyTorch has no cell with peepholes.

    In one product, which makes it no slower than `nn.LSTMCell`.
    """

    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.linear = nn.Linear(inputs + hidden, 4 * hidden)
        self.peepholes = nn.Parameter(0.1 * torch.randn(3, hidden))

    def forward(self, x, state):
        """`(B, D)`, h and c -> h and c."""
        h, c = state
        z_i, z_f, z_c, z_o = self.linear(torch.cat([x, h], 1)).chunk(4, 1)
        i = torch.sigmoid(z_i + self.peepholes[0] * c)
        f = torch.sigmoid(z_f + self.peepholes[1] * c)
        c = f * c + i * torch.tanh(z_c)
        o = torch.sigmoid(z_o + self.peepholes[2] * c)
        return o * torch.tanh(c), c


class Sampler:
    """The network drawn from one point at a time, eagerly.

    Args:
        network: a `Synthesizer`. Its recurrent layers give way to fresh ones
            with peepholes, which make it the paper's network.
        characters: `(1, U, A)` one-hot.
        bias: Sec. 5.4.
    """

    def __init__(self, network, characters, bias=0.0):
        self.network, self.characters, self.bias = network, characters, bias
        inputs, hidden = 3 + network.symbols, network.hidden
        network.cell = PeepholeCell(inputs, hidden)
        self.cell_2 = PeepholeCell(inputs + hidden, hidden)
        self.cell_3 = PeepholeCell(inputs + hidden, hidden)
        self.mask = torch.ones(characters.shape[:2])
        self.positions = torch.arange(1.0, characters.shape[1] + 1)

    @torch.inference_mode()
    def run(self, points):
        """Draws `points` points: `(points, 3)`."""
        network = self.network
        state = network.initial_state(1)
        state_2 = state_3 = state[:2]
        x = torch.zeros(1, 3)
        drawn = []
        for _ in range(points):
            state = network.attend(
                x, self.characters, self.mask, self.positions, state
            )
            h_1, w = state[0], state[2]
            state_2 = self.cell_2(torch.cat([x, w, h_1], 1), state_2)
            state_3 = self.cell_3(torch.cat([x, w, state_2[0]], 1), state_3)
            hidden = torch.cat([h_1, state_2[0], state_3[0]], 1)
            x = self.draw(network.head(hidden))
            drawn.append(x)
        return torch.cat(drawn)

    def draw(self, output):
        """One point from the density (Eqs. 15-22, 61, 62)."""
        end, rest = output[0, 0], output[0, 1:]
        pi, mu_1, mu_2, log_1, log_2, rho = rest.chunk(6)
        chosen = torch.multinomial(torch.softmax(pi * (1 + self.bias), 0), 1)
        sigma_1 = torch.exp(log_1[chosen] - self.bias)
        sigma_2 = torch.exp(log_2[chosen] - self.bias)
        rho = torch.tanh(rho[chosen])
        z_1, z_2 = torch.randn(2, 1)
        y = rho * z_1 + torch.sqrt(1.0 - rho**2) * z_2
        lift = torch.bernoulli(torch.sigmoid(-end)).reshape(1)
        return torch.cat(
            [mu_1[chosen] + sigma_1 * z_1, mu_2[chosen] + sigma_2 * y, lift]
        )[None]
