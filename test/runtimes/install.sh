#!/bin/sh
# What the browser rows, the Python tests and the numpy peers need, on Debian 12 as root. Everything else comes from npm
# when a row first needs it.
set -eu
apt-get update -q
apt-get install -qy --no-install-recommends chromium firefox-esr webkit2gtk-driver xvfb fonts-dejavu-core dbus-x11 \
  python3 python3-venv python3-numpy python3-scipy
