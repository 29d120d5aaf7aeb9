"""A small schema for tests of the graph layer, without Souk's domains: books, authors and publishers."""

from typing import Any, ClassVar

from graphql import ObjectTypeDefinitionNode, parse
from pydantic import Field

from souk.graph import Context, Domain, Scope
from souk.graph.assembly import Assembled
from souk.storage import Collection, Entity, Key, Model
from souk.values.errors import Unprocessable

SDL = """
type Query { book(id: ID!): Book  books(first: Int!): [Book!]!  shelf: Shelf!  things: [Thing!]!  unbuilt: Book
  pair(ids: [ID!]!): [Book!]!
}
type Mutation {
  rename(bookId: ID!, input: RenameInput!): Book!
  publish(id: ID!): Boolean!
  shred(id: ID!): Boolean
  burn(id: ID!): Book!
}
input RenameInput { newTitle: String!  note: NoteInput }
input NoteInput { text: String! }
interface Thing { id: ID!  secret: String }
type Book implements Thing {
  id: ID!
  title: String
  author: Author
  coAuthors: [Author!]!
  publisher: Publisher!
  edition(note: NoteInput): Edition
  secret: String
  twin: Book
  missing: String
  sequel: Book!
  byline: Byline
  credit(prefix: String): Byline
}
type Byline { text: String  publisher: Publisher }
type Edition { year: Int  editor: Author }
type Author implements Thing {
  id: ID!
  name: String
  secret: String
  publisher: Publisher
  books(first: Int): [Book!]!
  colleague(offset: Int!): Author
}
type Publisher { id: ID!  name: String }
type Shelf { books: [Book!]! }
"""


class Book(Entity):
    graphql_type: ClassVar[str] = "Book"
    id: str
    title: str = ""
    author_id: str | None = None
    co_author_ids: list[str] = Field(default_factory=list)
    publisher_id: str = ""
    editor_id: str | None = None


class Author(Entity):
    graphql_type: ClassVar[str] = "Author"
    id: str
    name: str = ""
    publisher_id: str | None = None


class Publisher(Entity):
    id: str
    name: str = ""


class NoteInput(Model):
    text: str


class RenameInput(Model):
    new_title: str
    note: NoteInput | None = None


def collection(name: str, model: Any) -> Collection[Any]:
    def key(entity_id: str) -> Key:
        return Key(f"{name}#{entity_id}", name)

    return Collection(name=name, model=model, key=key, key_of=lambda entity: key(entity.id))


BOOKS = collection("BOOK", Book)
AUTHORS = collection("AUTHOR", Author)
PUBLISHERS = collection("PUBLISHER", Publisher)


def assembled() -> Assembled:
    document = parse(SDL)
    domain_of = {
        f"{definition.name.value}.{field.name.value}": "presses"
        if field.name.value in ("publish", "shred")
        else "library"
        for definition in document.definitions
        if isinstance(definition, ObjectTypeDefinitionNode) and definition.name.value in ("Query", "Mutation")
        for field in definition.fields or ()
    }
    return Assembled(document, domain_of)


def library() -> Domain:
    """Return a new domain of books and authors."""
    domain = Domain("library", function="library")
    scopes = [Scope.ONTOLOGY_READ]

    @domain.query("book", scopes=scopes)
    def book(ctx: Context, id: str) -> Book | None:
        return ctx.load(BOOKS, id)

    @domain.query("books", scopes=scopes)
    def books(ctx: Context, first: int) -> list[Book | None]:
        return ctx.load_many(BOOKS, [str(number) for number in range(first)])

    def pair_needs(ctx: Context, ids: list[str]) -> dict[Key, Collection[Any]]:
        if "wrong" in ids:
            raise Unprocessable("ids: one is wrong.")
        return {BOOKS.key(one): BOOKS for one in ids}

    @domain.query("pair", scopes=scopes, needs=pair_needs)
    def pair(ctx: Context, ids: list[str]) -> list[Book]:
        return [book for one in ids if (book := ctx.entities[BOOKS.key(one)])]

    @domain.query("shelf", scopes=scopes)
    def shelf(ctx: Context) -> dict[str, Any]:
        return {"books": books(ctx, first=3)}

    @domain.query("things", scopes=scopes)
    def things(ctx: Context) -> list[Any]:
        return [*books(ctx, first=2), *ctx.load_many(AUTHORS, ["1", "2"])]

    @domain.mutation("rename", scopes=[Scope.ORGANIZATIONS])
    def rename(ctx: Context, book_id: str, input: RenameInput) -> Book:
        found = ctx.load(BOOKS, book_id)
        assert found
        transaction = ctx.table.transaction()
        renamed: Book = transaction.update(BOOKS, found.model_copy(update={"title": input.new_title}))
        transaction.commit()
        return renamed

    @domain.field("Book.edition")
    def edition(source: Book, ctx: Context, note: NoteInput | None = None) -> Edition:
        return Edition(editor_id=note.text if note else source.editor_id)

    @domain.field("Book.secret", scopes=[Scope.USER_DETAILS_READ])
    def secret(source: Book, ctx: Context) -> str:
        return f"secret of {source.id}"

    @domain.connection("Author.books")
    def author_books(source: Author, ctx: Context, first: int | None = None) -> list[Book]:
        return ctx.table.query(BOOKS, f"BY#{source.id}", index="GSI1", limit=first or 10).items

    @domain.field("Book.credit", needs=lambda book, ctx: {AUTHORS.key(book.author_id): AUTHORS})
    def credit(source: Book, ctx: Context, prefix: str | None = None) -> Byline | None:
        author = ctx.load(AUTHORS, source.author_id or "")
        return author and Byline(text=f"{prefix or ''}{author.name}", publisher_id=author.publisher_id)

    def colleague_key(source: Author, offset: int) -> Key:
        return AUTHORS.key(str(int(source.id) + offset))

    @domain.field(
        "Author.colleague",
        needs=[
            lambda source, ctx, offset: {colleague_key(source, offset): AUTHORS},
            lambda source, ctx, offset: {
                PUBLISHERS.key(found.publisher_id): PUBLISHERS
                for found in [ctx.entities[colleague_key(source, offset)]]
                if found and found.publisher_id
            },
        ],
    )
    def colleague(source: Author, ctx: Context, offset: int) -> Author | None:
        found: Author | None = ctx.entities[colleague_key(source, offset)]
        return found

    domain.link("Book.author", to=AUTHORS, by="author_id")
    domain.link("Book.twin", to=BOOKS, by="id")
    domain.link(
        "Book.sequel",
        to=BOOKS,
        by=lambda book: None if book.id[-1] in "13579" else "1",
        otherwise=lambda book: Book(id=f"after {book.id}", author_id=book.author_id, publisher_id=book.publisher_id),
    )
    domain.link(
        "Book.byline",
        to=AUTHORS,
        by="author_id",
        shown=lambda book, author: Byline(text=f"{book.id} by {author.name}", publisher_id=author.publisher_id),
        visible=lambda byline, ctx: not byline.text.startswith("2"),
    )
    domain.link("Byline.publisher", to=PUBLISHERS, by="publisher_id")
    domain.link("Book.coAuthors", to=AUTHORS, by="co_author_ids")
    domain.link("Book.publisher", to=PUBLISHERS, by="publisher_id")
    domain.link("Edition.editor", to=AUTHORS, by="editor_id")
    domain.link("Author.publisher", to=PUBLISHERS, by=lambda author: author.publisher_id)
    return domain


class Byline(Model):
    text: str
    publisher_id: str | None


class Edition(Model):
    editor_id: str | None
    year: int = 1999


def presses() -> Domain:
    """Return a second domain, whose mutations another function owns."""
    domain = Domain("presses", function="presses")

    @domain.mutation("publish", scopes=[Scope.ORGANIZATIONS])
    def publish(ctx: Context, id: str) -> bool:
        return ctx.load(BOOKS, id) is not None

    domain.mutation("shred", scopes=[Scope.ORGANIZATIONS])(publish)
    return domain
