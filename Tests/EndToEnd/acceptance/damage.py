"""What disks, file systems and people do to files. Each function changes one file or two, in place."""

import shutil


def overwrite(path, offset, data):
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(data)


def read(path, offset, count):
    with open(path, "rb") as file:
        file.seek(offset)
        return file.read(count)


def flip(path, offset, bit):
    """Flips one bit."""
    overwrite(path, offset, bytes([read(path, offset, 1)[0] ^ 1 << bit]))


def zero(path, offset, count):
    overwrite(path, offset, bytes(count))


def garbage(path, offset, count, chance):
    overwrite(path, offset, chance.randbytes(count))


def truncate(path, size):
    with open(path, "r+b") as file:
        file.truncate(size)


def append(path, data):
    with open(path, "ab") as file:
        file.write(data)


def delete(path):
    path.unlink()


def duplicate(path, other):
    """A copy under another name, whatever was there."""
    shutil.copyfile(path, other)


def swap_files(path, other):
    one, two = path.read_bytes(), other.read_bytes()
    path.write_bytes(two)
    other.write_bytes(one)


def swap_ranges(path, first, second, count):
    """Exchanges two ranges of a file that do not overlap."""
    one, two = read(path, first, count), read(path, second, count)
    overwrite(path, first, two)
    overwrite(path, second, one)
