"""The recipe as XMP (ISO 16684), the metadata of formats without a comment."""

import struct
from typing import Final

# The kind of the box that holds XMP in ISO base media files (ISO 16684-3).
UUID: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def packet(recipe: str) -> bytes:
    """XML with the property gdanim:recipe. Recipes hold no character that XML would escape."""
    description = f'<rdf:Description rdf:about="" xmlns:gdanim="urn:gdanim"><gdanim:recipe>{recipe}</gdanim:recipe>'
    xml = (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'
        f"{description}</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    return xml.encode("ascii")


def box(recipe: str) -> bytes:
    """The packet in a box, which readers that do not know it skip."""
    content = UUID + packet(recipe)
    return struct.pack(">I4s", 8 + len(content), b"uuid") + content
