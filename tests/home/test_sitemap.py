"""The map of what everybody may read: by the protocol of sitemaps.org, and every address in it answers."""

from __future__ import annotations

import pytest
from lxml import etree

from portal.home import sitemap
from portal.notices import services
from tests.harness.cases import either_engine
from tests.notices.rows import draft, published

SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
# The schemas of sitemaps.org, as far as they are used here.
SCHEMA = etree.XMLSchema(
    etree.fromstring(
        b"""<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"
  targetNamespace="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
  <xsd:simpleType name="loc"><xsd:restriction base="xsd:anyURI"><xsd:minLength value="12"/>
    <xsd:maxLength value="2048"/></xsd:restriction></xsd:simpleType>
  <xsd:simpleType name="lastmod"><xsd:union><xsd:simpleType><xsd:restriction base="xsd:date"/></xsd:simpleType>
    <xsd:simpleType><xsd:restriction base="xsd:dateTime"/></xsd:simpleType></xsd:union></xsd:simpleType>
  <xsd:complexType name="place"><xsd:sequence><xsd:element name="loc" type="loc"/>
    <xsd:element name="lastmod" type="lastmod" minOccurs="0"/></xsd:sequence></xsd:complexType>
  <xsd:element name="urlset"><xsd:complexType><xsd:sequence>
    <xsd:element name="url" type="place" maxOccurs="50000"/></xsd:sequence></xsd:complexType></xsd:element>
  <xsd:element name="sitemapindex"><xsd:complexType><xsd:sequence>
    <xsd:element name="sitemap" type="place" maxOccurs="50000"/></xsd:sequence></xsd:complexType></xsd:element>
</xsd:schema>"""
    )
)


def read(client, address: str) -> list[str]:
    """The places that a file names, after it was held against the schema."""
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    tree = etree.fromstring(answer.data)
    SCHEMA.assertValid(tree)
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    return [place.removeprefix("http://localhost") for place in tree.xpath("//s:loc/text()", namespaces=SPACE)]


def test_every_address_of_the_map_answers(cast, client):
    notice = published(cast.secretary, cast.community, title="]]></loc>")
    gone = published(cast.secretary, cast.community, title="撤回的")
    services.withdraw(cast.secretary, gone, "发错了")
    hidden = draft(cast.secretary, cast.community)
    found = {file: read(client, file) for file in read(client, "/sitemap.xml")}
    addresses = [address for listed in found.values() for address in listed]
    assert f"/notices/{notice.public_id}" in addresses
    assert "/associations/wangjiang" in addresses
    assert not {f"/notices/{gone.public_id}", f"/notices/{hidden.public_id}"} & set(addresses)
    assert {client.get(address).status_code for address in addresses} == {200}
    for name, source in sitemap.SOURCES.items():
        assert client.get(f"/sitemaps/{name}-9.xml").status_code == 404
        assert b"".join(sitemap.addresses(name, 9, "%(" + source.arguments[0] + ")s")).endswith(b"</urlset>\n")


def test_a_file_holds_a_range_of_ids(cast, client, monkeypatch):
    monkeypatch.setattr(sitemap, "LENGTH", 3)
    ids = {published(cast.secretary, cast.community).public_id for _ in range(7)}
    files = [file for file in read(client, "/sitemap.xml") if "notices-" in file]
    assert len(files) >= 3
    parts = [read(client, file) for file in files]
    assert max(map(len, parts)) <= 3
    assert {address.rsplit("/", 1)[1] for part in parts for address in part} == ids


@either_engine
def test_robots_are_told_where_the_map_is(client):
    lines = client.get("/robots.txt").text.splitlines()
    assert "Sitemap: http://localhost/sitemap.xml" in lines
    assert "Disallow: /office" in lines


@pytest.mark.engines("sqlite")
def test_control_the_schema_refuses_what_is_no_map():
    assert not SCHEMA.validate(etree.fromstring(b"<urlset/>"))
