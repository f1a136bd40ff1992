"""Lays TensorFlow's C library, taken from its Python wheel, out as the archive that tfjs-node's installer expects.

unpack-wheel.py WHEEL FOLDER   writes FOLDER/lib and FOLDER/include
"""

import pathlib
import shutil
import sys
import zipfile

# Names that the installer and the addon look for; all are the one library.
LINKS = {
    "libtensorflow.so": "libtensorflow_cc.so.2",
    "libtensorflow.so.2": "libtensorflow_cc.so.2",
    "libtensorflow.so.2.9.1": "libtensorflow_cc.so.2",
    "libtensorflow_framework.so": "libtensorflow_framework.so.2",
}
LIBRARIES = {"tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2"}
INCLUDE = "tensorflow/include/"
# Where the headers of the C interface have lain, release by release.
HEADERS = ("tensorflow/c/", "tensorflow/core/platform/ctstring", "tensorflow/tsl/", "tsl/", "xla/tsl/")


def main(wheel: str, folder: str) -> None:
    target = pathlib.Path(folder)
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        if not LIBRARIES <= names:
            sys.exit(f"{wheel} holds no {' and '.join(sorted(LIBRARIES))}: take TensorFlow 2.12 or newer.")
        for name in sorted(names):
            if name in LIBRARIES:
                extract(archive, name, target / "lib" / pathlib.Path(name).name)
            elif name.startswith(INCLUDE) and name.removeprefix(INCLUDE).startswith(HEADERS) and not name.endswith("/"):
                extract(archive, name, target / "include" / name.removeprefix(INCLUDE))
    for link, library in LINKS.items():
        (target / "lib" / link).symlink_to(library)


def extract(archive: zipfile.ZipFile, name: str, path: pathlib.Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as source, path.open("wb") as copy:
        shutil.copyfileobj(source, copy)


main(*sys.argv[1:])
