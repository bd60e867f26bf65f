"""What dead labs left, and images that no container uses: listed, or removed."""

from lab.launch.engine import Engine
from lab.launch.listing import labs_on, list_clusters
from lab.launch.refusals import GoneError, InUseError
from lab.launch.removal import remove_lab_objects
from lab.launch.seen import SeenImage

PATTERN = "apim-lab/*"


def remove_leaked(engine: Engine) -> tuple[str, ...]:
    """Remove what provably dead processes left behind, and give the labs' names.

    A lab that somebody brought up to its end is never leaked; one of a test whose process died is.
    """
    objects = labs_on(engine)
    leaked = [summary for summary in list_clusters(engine) if summary.is_leaked]
    for summary in leaked:
        remove_lab_objects(engine, summary.name, objects[summary.name])
    return tuple(summary.name for summary in leaked)


def lab_images(engine: Engine) -> tuple[SeenImage, ...]:
    """List the images that labs were started from, newest layers first."""
    # A template lies upon its server's image, and a built image upon the base.
    return tuple(sorted(engine.images(PATTERN), key=lambda image: -image.size))


def remove_images(engine: Engine) -> tuple[str, ...]:
    """Remove the labs' images that no container uses; give the names that went."""
    gone = []
    for image in lab_images(engine):
        for tag in image.tags:
            try:
                engine.remove_image(tag)
            except InUseError:
                continue
            except GoneError:
                pass
            gone.append(tag)
    return tuple(gone)
