"""File systems of a test's own: small ones, and ones that turn read-only."""

import contextlib
import os
import shutil
import subprocess

import pytest


def run(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")


def mount_or_skip(*command):
    """Mounts, or skips the test where that is not allowed."""
    try:
        run("mount", *command)
    except OSError as error:
        pytest.skip(f"file systems cannot be mounted here: {error}")


def unmount(folder):
    try:
        run("umount", folder)
    except OSError:
        run("umount", "--lazy", folder)


@contextlib.contextmanager
def tmpfs(folder, size_bytes):
    """A file system in memory, of so many bytes."""
    folder.mkdir()
    mount_or_skip("-t", "tmpfs", "-o", f"size={size_bytes},mode=755", "tmpfs", folder)
    try:
        yield folder
    finally:
        unmount(folder)


@contextlib.contextmanager
def ext4(folder, image, size_bytes):
    """An ext4 in a file."""
    if shutil.which("mkfs.ext4") is None:
        pytest.skip("there is no mkfs.ext4 here")
    with open(image, "wb") as file:
        file.truncate(size_bytes)
    run("mkfs.ext4", "-q", "-m", "0", image)
    folder.mkdir()
    mount_or_skip("-o", "loop", image, folder)
    try:
        yield folder
    finally:
        unmount(folder)


def abort(folder):
    """Makes an ext4 read-only at once, files that are open included, as it does itself when its disk fails."""
    run("mount", "-o", "remount,abort", folder)


def occupy(file, leave=0):
    """Fills a file system with a file, up to so many bytes of what is free."""
    space = os.statvfs(file.parent)
    left = space.f_bavail * space.f_frsize - leave
    with open(file, "ab", buffering=0) as out, contextlib.suppress(OSError):
        while left > 0:
            left -= out.write(bytes(min(left, 1 << 20)))
