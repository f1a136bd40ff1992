"""A training step as the official code has it: asymmetric loss, AdamW over all parameters, moving average of everything."""

import torch

LEARNING_RATE = 1e-4
AVERAGE_DECAY = 0.9997


def asymmetric_loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """gamma_neg 2, gamma_pos 0, no clip, the focus detached; a thousand times the mean."""
    present, absent = torch.sigmoid(logits), torch.sigmoid(-logits)
    gains = targets * present.clamp(min=1e-5).log() + (1 - targets) * absent.clamp(min=1e-5).log()
    focus = torch.where(targets > 0, 1.0, present.detach() ** 2)
    return -(gains * focus).mean() * 1000


class TrainingStep:
    """Fused AdamW and one fused average: PyTorch's fastest."""

    def __init__(self, model: torch.nn.Module, compiled):
        self.forward = compiled
        trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW(
            trainable, lr=LEARNING_RATE, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01, fused=True
        )
        self.averaged = [*trainable, *(buffer for name, buffer in model.named_buffers() if name != "positions")]
        self.averages = [tensor.detach().clone() for tensor in self.averaged]

    def run(self, images: torch.Tensor, targets: torch.Tensor) -> tuple[float, torch.Tensor]:
        """Loss and logits, both from before the update."""
        self.optimizer.zero_grad(set_to_none=True)
        logits = self.forward(images)
        loss = asymmetric_loss(logits, targets)
        loss.backward()
        self.optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(self.averages, self.averaged, 1 - AVERAGE_DECAY)
        return loss.item(), logits.detach().cpu()
