"""Training on handwriting: the prediction and the synthesis networks."""

from graves_tf import networks
from graves_tf.batches import HandwritingBatches
from graves_tf.batches import bucket_lengths
from graves_tf.command import data_options
from graves_tf.data import is_folder_of_ink
from graves_tf.data import load_lines
from graves_tf.ink.offsets import are_whole
from graves_tf.ink.offsets import fit_normalisation
from graves_tf.losses import SequenceLoss
from graves_tf.metrics import nats_per_sequence
from graves_tf.networks.pen_at_rest import with_rest
from graves_tf.pictures import HandwritingPictures
from graves_tf.rare_characters import with_rare_repeated
from graves_tf.scoring import Scorer
from graves_tf.starting_model import preset_line
from graves_tf.starting_model import reported
from graves_tf.starting_model import starting_model
from graves_tf.training_run import TrainingRun


def handwriting_run(options, folder, resuming):
    """A `TrainingRun` on lines of handwriting.

    Args:
        options: of `graves_tf.train`.
        folder: the `RunFolder`.
        resuming: whether to go on from its `last.keras`.
    """
    where = data_options(options)
    own = options.dataset == "my_ink"
    if own and not (options.init_from or resuming):
        raise ValueError(
            "my_ink is too little to learn writing from: say what to start "
            "from, by --init-from synthesis."
        )
    lines = load_lines(options.split or "train+validation_2+test", **where)
    held_out = load_lines(options.validation_split or "validation_1", **where)
    if options.max_points:
        lines = [x for x in lines if len(x.strokes) <= options.max_points]
        held_out = [x for x in held_out if len(x.strokes) <= options.max_points]
        if not (lines and held_out):
            raise ValueError(
                f"--max-points {options.max_points} leaves no lines to train "
                "on, or none to validate on."
            )

    trained = with_rare_repeated(lines, options.rare)

    def fresh(**arguments):
        strokes = [line.strokes for line in lines]
        mean, std = fit_normalisation(strokes)
        arguments |= {"offset_mean": mean, "offset_std": std}
        arguments["whole_offsets"] = are_whole(strokes)
        if options.task == "prediction":
            kind = networks.HandwritingPredictor
        else:
            kind = networks.HandwritingSynthesizer
            arguments["alphabet"] = options.alphabet or "full"
        return kind.from_preset(options.preset, **arguments)

    model = starting_model(options, folder, resuming, fresh, len(trained))
    lengths = [len(line.strokes) - 1 for line in [*lines, *held_out]]
    arguments = {
        "offset_mean": model.offset_mean,
        "offset_std": model.offset_std,
        "alphabet": getattr(model, "alphabet", None),
        "batch_size": options.batch_size,
        "buckets": bucket_lengths(lengths, options.buckets),
    }
    crop = options.crop_points
    cropped = {"crop": crop, "buckets": [crop]} if crop else {}
    batches = HandwritingBatches(
        trained,
        seed=options.seed,
        start=int(model.optimizer.iterations),
        augmentation=options.augmentation,
        **arguments | cropped,
    )
    if options.rest and not model.rest:
        optimizer = model.optimizer
        model = with_rest(model, batches[0])
        model.optimizer = optimizer
    model.compile(
        model.optimizer,
        SequenceLoss(),
        metrics=[nats_per_sequence],
        jit_compile=not options.no_jit,
    )
    validation = HandwritingBatches(held_out, **arguments)
    scorer = Scorer(model)
    scorer.compile(jit_compile=not options.no_jit)
    # One hand's score says nothing beside the paper's of many.
    figure = None if own else reported(model, options.regularization)
    writes = model.task == "synthesis"
    return TrainingRun(
        model=model,
        batches=batches,
        validate=lambda: scorer.score(validation),
        logged=("nats_per_sequence", "nats_per_point", "sse"),
        summary=(
            f"{preset_line(model, figure, 'nats')}\n"
            f"{len(trained)} lines, {batches.points} points to train on, "
            f"{100 * batches.padding:.1f} % padding in lengths "
            f"{', '.join(map(str, batches.buckets))}; "
            f"{len(held_out)} lines to validate on." + left_out(options)
        ),
        reported=figure,
        sample=HandwritingPictures(model) if writes and not own else None,
    )


def left_out(options):
    """Rows that name the files of one's own ink that are not used."""
    if not is_folder_of_ink(options.dataset, options.data):
        return ""
    from graves_tf.datasets.my_ink import read_ink

    reasons = read_ink(options.data).left_out
    if not reasons:
        return ""
    rows = [f"\n  {name}: {reason}" for name, reason in reasons.items()]
    return f"\n{len(rows)} files left out" + "".join(rows)
