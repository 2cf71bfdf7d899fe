# Sourced by tools/try, tools/test, tools/fuzz, tools/lint and tools/check: installs what is missing, configures, builds, and says so.
# shellcheck shell=bash
# shellcheck disable=SC2034  # the lists are for those who source this

build_packages=(cmake g++ ninja-build pkg-config libfmt-dev libcli11-dev nlohmann-json3-dev libutf8proc-dev libedit-dev
                libxxhash-dev)
# doxygen, groff-base, zsh and tmux: tests of the headers, the man page, the completions and the terminal use them and are
# skipped where they are missing.
test_packages=(libgtest-dev liblzma-dev doxygen groff-base zsh tmux)
check_packages=(clang-format-14 shellcheck)
lint_packages=(clang-tidy-14 cppcheck)
# llvm-16: names and lines in the sanitizers' reports.
sanitize_packages=(clang-16 libclang-rt-16-dev llvm-16)

say() { printf 'reckon: %s\n' "$*" >&2; }

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

apt_install() {
  as_root apt-get -q update && as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "$@"
}

# install_packages NAME... installs those that are not there yet. Elsewhere than on Debian and its like, CMake
# says what is missing.
install_packages() {
  command -v dpkg-query > /dev/null || return 0
  local installed name missing=()
  installed=" $(dpkg-query --show --showformat '${db:Status-Status}=${Package} ' "$@" 2> /dev/null || true)"
  for name; do
    [[ $installed == *" installed=$name "* ]] || missing+=("$name")
  done
  ((${#missing[@]} > 0)) || return 0
  if ((EUID != 0)) && ! command -v sudo > /dev/null; then
    say "packages are missing, and there is neither root nor sudo to install them. As root: apt-get install ${missing[*]}"
    return 1
  fi
  say "installing ${missing[*]}"
  quietly apt_install "${missing[@]}"
}

# quietly COMMAND... shows its output only if it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" > "$log" 2>&1 || status=$?
  ((status == 0)) || cat "$log" >&2
  rm -f "$log"
  return "$status"
}

# configure DIRECTORY OPTION...
configure() {
  say "configuring $1"
  quietly cmake -S . -B "$1" -G Ninja "${@:2}"
}

# The files of a folder compiled as one: half the time of compiling everything. tools/try and builds by hand compile them one
# by one.
united=(-DCMAKE_UNITY_BUILD=ON)

# What reads untrusted input, its tests and its fuzz targets, with clang and both sanitizers. One build serves all, and
# shows that clang compiles it.
configure_sanitized() {
  configure build-clang "${united[@]}" -DCMAKE_C_COMPILER=clang-16 -DCMAKE_CXX_COMPILER=clang++-16 \
    -DCMAKE_BUILD_TYPE=RelWithDebInfo -DRECKON_FUZZ=ON -DRECKON_VECTOR_KERNELS=OFF -DRECKON_TESTS=ON \
    "-DRECKON_TEST_AREAS=load;text" "-DRECKON_PARTS=support;load;text;constrain;model;store;answer;run"
}

# build DIRECTORY TARGET... says nothing if there is nothing to do.
build() {
  [[ $(ninja -C "$1" -n "${@:2}") != *"no work to do"* ]] || return 0
  say "building ${*:2} in $1"
  ninja -C "$1" -j "$(nproc)" "${@:2}" >&2
}
