"""From what the pass over the words found to mentions with offsets, units and references."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pipelines.facts.analysis import Words, split_words
from pipelines.facts.documents import find_documents
from pipelines.facts.links import Links
from pipelines.facts.mentions import Context, Facts, Office, OrganisationMention, PlaceMention
from pipelines.facts.office_rules import BodyAtom, OfficeAtom
from pipelines.facts.persons import find_persons
from pipelines.facts.place_rules import PlaceAtom
from pipelines.facts.resolution import MAX_CANDIDATES, Found, Resolver
from pipelines.facts.scanning import Scan
from pipelines.gazetteer.units import districts

ENCLOSING_GAPS = frozenset({",", "(", "-", ", "})


def assemble(text: str, context: Context) -> Facts:
    """Return the facts of a text."""
    words = split_words(text)
    resolver = Resolver(_completed(context))
    scan = Scan(words, resolver)
    scan.run()
    return _Assembly(words, resolver, scan).facts()


def _completed(context: Context) -> Context:
    """Return a context with the provinces that follow from its district."""
    district = districts().get(context.district or "")
    if district is None:
        return context
    return replace(
        context,
        province=context.province or district.province_code,
        former_province=context.former_province or district.former_province,
    )


@dataclass(slots=True)
class _Assembly:
    words: Words
    resolver: Resolver
    scan: Scan
    places: dict[PlaceAtom, PlaceMention] = field(default_factory=dict)

    def facts(self) -> Facts:
        self._resolve_places()
        offices = [atom for atom in self.scan.atoms if isinstance(atom, OfficeAtom)]
        bodies = [atom for atom in self.scan.atoms if isinstance(atom, BodyAtom)]
        bodies += [office.body for office in offices if office.body]
        names = Links(self.words, self.scan.atoms).join()
        return Facts(
            text=self.words.text,
            persons=tuple(find_persons(self.words, names, self._office)),
            documents=tuple(find_documents(self.words, self.scan.documents, [*bodies, *offices])),
            places=tuple(self.places.values()),
            organisations=tuple(
                sorted(map(self._organisation, bodies), key=lambda one: (one.start, -one.end))
            ),
        )

    def _resolve_places(self) -> None:
        """Resolve the places from the last to the first of an address, addresses in order."""
        atoms = self._place_atoms()
        at = 0
        while at < len(atoms):
            end = at + 1
            while end < len(atoms) and self._encloses(atoms[end - 1], atoms[end]):
                end += 1
            self._resolve_address(atoms[at:end])
            at = end
        self.places = dict(sorted(self.places.items(), key=lambda pair: pair[0].start))

    def _place_atoms(self) -> list[PlaceAtom]:
        found: list[PlaceAtom] = []
        for atom in self.scan.atoms:
            if isinstance(atom, PlaceAtom):
                found.append(atom)
            elif isinstance(atom, (OfficeAtom, BodyAtom)):
                found += atom.places
        return found

    def _encloses(self, inner: PlaceAtom, outer: PlaceAtom) -> bool:
        """Whether a place is written as part of the next one: "xã Yên Phú, huyện Hàm Yên"."""
        ranks = [_rank(inner), _rank(outer)]
        return (
            outer.start == inner.end
            and self.words.gaps[outer.start] in ENCLOSING_GAPS
            and ranks[0] < ranks[1]
        )

    def _resolve_address(self, atoms: list[PlaceAtom]) -> None:
        around: list[str] = []
        for atom in reversed(atoms):
            found = self.resolver.resolve(atom.key, atom.wanted, tuple(around))
            self.places[atom] = self._place(atom, found)
            one = found[0]
            if one is not None:
                around.append(one.codes[0])
                if one.level == "province" and one.former_name:
                    around[-1] = one.former_name

    def _place(self, atom: PlaceAtom, found: Found) -> PlaceMention:
        one, several, rule = found
        start, end = self.words.starts[atom.start], self.words.ends[atom.end - 1]
        name_start = self.words.starts[atom.name]
        kind = one.level if one else _kind(atom)
        mention = PlaceMention(start, end, self.words.text[start:end], atom.rule, kind, name_start)
        if atom.wanted is not None and atom.wanted.level == "village":
            return replace(mention, kind="village")
        if one is None:
            codes = sorted({each.codes[0] for each in several})[:MAX_CANDIDATES]
            return replace(mention, candidates=tuple(codes), unit_rule=rule)
        return replace(
            mention,
            unit=one.codes[0],
            others=one.codes[1:],
            former_code=one.former_code,
            former_name=one.former_name,
            unit_rule=rule,
        )

    def _office(self, atom: OfficeAtom) -> Office:
        start, end = self.words.starts[atom.start], self.words.ends[atom.end - 1]
        title_end = self.words.ends[atom.title_end - 1]
        organisation = self._organisation(atom.body) if atom.body else None
        place = self.places.get(atom.places[0]) if atom.places else None
        unit = organisation.unit if organisation else place.unit if place else None
        return Office(
            start,
            end,
            self.words.text[start:end],
            "office and organisation" if organisation else "office",
            self.words.text[start:title_end],
            atom.is_former,
            organisation,
            place,
            unit,
        )

    def _organisation(self, atom: BodyAtom) -> OrganisationMention:
        start, end = self.words.starts[atom.start], self.words.ends[atom.end - 1]
        place = self.places.get(atom.places[0]) if atom.places else None
        unit, rule = (place.unit, "named") if place else (None, None)
        if place is None and not atom.body.is_national and atom.level:
            unit = self.resolver.own_unit(atom.level)
            rule = "unit of the source" if unit else None
        return OrganisationMention(
            start,
            end,
            self.words.text[start:end],
            "organisation",
            atom.body.kind,
            place,
            unit,
            rule,
        )


def _rank(atom: PlaceAtom) -> int:
    ranks = {"village": 0, "commune": 1, "district": 2, "city": 2, "province": 3}
    return ranks.get(atom.wanted.level, 2) if atom.wanted else 3


def _kind(atom: PlaceAtom) -> str:
    level = atom.wanted.level if atom.wanted else "other"
    return "district" if level == "city" else level
