fn main() -> autogen::Result<()> {
    autogen::embed::collect("migrations")
}
