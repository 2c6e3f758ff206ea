"""A data directory seen from outside: which files there are, and where blocks and records begin.

It knows of the format what the head of Sources/Journal/Format.swift says in prose, and shares no code with the server.
"""

import collections
import pathlib
import struct

PAGE = 4096
SEGMENT_HEADER = 4096
BLOCK_HEADER = 128
BLOCK_MAGIC = b"GATEBLCK"

Block = collections.namedtuple("Block", "path start body_end end sequence first_revision last_revision")


def segments(data):
    """The segments, oldest first, with those that were made ahead."""
    return sorted(pathlib.Path(data).glob("segment-*.log"))


def number(segment):
    return int(segment.name[8:28])


def segment_name(value):
    return f"segment-{value:020}.log"


def blocks(segment):
    """The blocks of a sound segment."""
    content = segment.read_bytes()
    found, start = [], SEGMENT_HEADER
    while content[start : start + 8] == BLOCK_MAGIC:
        sequence, first, last, _, body = struct.unpack_from("<QQQII", content, start + 48)
        body_end = start + BLOCK_HEADER + body
        end = (body_end + PAGE - 1) // PAGE * PAGE
        found.append(Block(segment, start, body_end, end, sequence, first, last))
        start = end
    return found


def records(block):
    """Where the records of a block begin: the tag of each."""
    content = block.path.read_bytes()
    starts, offset = [], block.start + BLOCK_HEADER
    while offset < block.body_end:
        starts.append(offset)
        assert content[offset] == 0x0A
        offset += 1
        length = shift = 0
        while True:
            byte = content[offset]
            offset += 1
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        offset += length
    return starts


class Layout:
    """What a sound directory holds, taken down before it is damaged."""

    def __init__(self, data):
        self.data = pathlib.Path(data)
        self.segments = segments(data)
        self.blocks = {segment.name: blocks(segment) for segment in self.segments}
        self.used = [segment for segment in self.segments if self.blocks[segment.name]]
        self.spares = [segment for segment in self.segments if segment > self.used[-1]]
        self.newest = self.used[-1]
        self.older = self.used[:-1]

    @property
    def all_blocks(self):
        return [block for segment in self.used for block in self.blocks[segment.name]]

    def written(self, segment):
        """Bytes of a segment up to the end of its last block."""
        return self.blocks[segment.name][-1].end

    def block_of(self, revision):
        """The block that holds an event."""
        return next(block for block in self.all_blocks if block.first_revision <= revision <= block.last_revision)

    def depends_on(self, segment, offset):
        """Whether a byte is part of a header or a body, rather than of the zeros that fill a page up."""
        if offset < SEGMENT_HEADER:
            return True
        return any(block.start <= offset < block.body_end for block in self.blocks[segment.name])
