//! The register in SQL that SQLite and PostgreSQL read alike. This folder is compiled once for each of them: the module above it
//! says which pool, row and connection are meant, how a geometry is written (`put_geom!`) and read (`get_geom!`), and how a
//! writer gets its turn.

mod compiled;
mod deliver;
mod edit;
mod load;
mod locate;
mod office;
mod people;
mod records;
mod store;
mod undo;

pub use store::Register;
