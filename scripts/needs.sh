# Sourced by `run` and `test`: what the machine must have. Debian packages are
# installed when we are root or have sudo; otherwise they are named, and we stop.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Everything built or fetched is kept here. Set YIWANG_CACHE to keep it
# elsewhere, for instance across fresh clones.
cache=${YIWANG_CACHE:-$root/.cache}
if [ -n "${YIWANG_CACHE:-}" ]; then
    export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
fi
target=${CARGO_TARGET_DIR:-$root/target}

packages=()

say() {
    printf '\n== %s\n' "$*"
}

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

# need COMMAND PACKAGE: the package is wanted unless the command is there.
need() {
    command -v "$1" >/dev/null 2>&1 || packages+=("$2")
}

# install_packages: installs what `need` found missing.
install_packages() {
    [ "${#packages[@]}" -gt 0 ] || return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1 || ! sudo -n true 2>/dev/null; then
            stop "missing: ${packages[*]}. Install them (apt-get install ${packages[*]}), or run this as root."
        fi
        as_root=(sudo)
    fi
    command -v apt-get >/dev/null 2>&1 ||
        stop "missing: ${packages[*]}, and this is no Debian: install what gives these commands."
    say "Debian packages: ${packages[*]}"
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq \
        --no-install-recommends "${packages[@]}" >/dev/null
    packages=()
}

# need_toolchains: what every build needs.
need_toolchains() {
    command -v cargo >/dev/null 2>&1 ||
        stop "missing: Rust 1.95 or later, with cargo. See https://rustup.rs"
    need cc gcc
    need node nodejs
    need npm npm
    install_packages
    node -e 'const [a, b] = process.versions.node.split(".").map(Number);
        process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
        stop "Node.js 20.19 or later is needed, found $(node --version)"
}

# need_browser: Chromium for tests of pages: without a window of its own where it can be had
# so, since that takes a third less time. Which one it is, is put into CHROMIUM.
need_browser() {
    if [ -z "${CHROMIUM:-}" ]; then
        need chromium-headless-shell chromium-headless-shell
        install_packages
        CHROMIUM=$(command -v chromium-headless-shell)
    fi
    export CHROMIUM
}

# npm_install DIRECTORY: the packages of its lock file, once for each lock file.
npm_install() {
    local done=$1/node_modules/.installed-lock.json
    cmp -s "$1/package-lock.json" "$done" && return 0
    say "npm packages of ${1#"$root/"}"
    (cd "$1" && npm ci --no-audit --no-fund --loglevel=error)
    cp "$1/package-lock.json" "$done"
}

# build_pages: web/dist, unless it is newer than all it is made of.
build_pages() {
    local dist=$root/web/dist/index.html
    if [ -f "$dist" ] && [ -z "$(find "$root/web" -newer "$dist" -type f \
        -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/.svelte-check/*' -print -quit)" ]; then
        return 0
    fi
    npm_install "$root/web"
    say "pages"
    (cd "$root/web" && npm run --silent build)
}
