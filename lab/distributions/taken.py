"""Where the lab keeps the files that it takes out of a product image and reads on this side."""

from pathlib import Path

from lab.distributions.kept import kept_folder
from lab.errors import LabError, Problem
from lab.plan.containers import NEEDED_XML_FILES, OTHER_XML_FILES, conf_path

# What is read of a product: its version, its templates, its dbscripts.
READ = (
    "bin/version.txt",
    "dbscripts",
    "repository/conf/deployment.toml",
    "repository/resources/conf/deployment-templates",
    *(str(conf_path(name)) for name in (*NEEDED_XML_FILES, *OTHER_XML_FILES, "jndi.properties")),
)
LISTED = ("repository/components/lib", "repository/components/dropins")
NOTE = "image"


def taken_folder(reference: str) -> Path:
    """Give the folder for what is taken out of an image."""
    return kept_folder("images", reference)


def taken_from_image(reference: str) -> Path:
    """Give the folder with what was taken; raises `LabError` when nothing was yet."""
    folder = taken_folder(reference)
    if not (folder / NOTE).is_file():
        raise LabError(
            Problem(
                "nothing is known of the image yet: its files are read through the engine",
                f"image {reference}",
                "`lab up` reads them, and `lab render` where an engine answers",
            )
        )
    return folder
