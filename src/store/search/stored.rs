//! Documents of the built index: in display order, in blocks, and found again by the row of their contact.

use rusqlite::Connection;

use super::block::{self, Kind, Writer, damaged};
use super::document::{put_number, take_number};
use super::packed::Packed;

/// Documents a block: about a page of the store.
pub(super) const PER_BLOCK: usize = 24;
/// Contact rows a block.
const ROWS_PER_BLOCK: i64 = 1_000;

/// A document of a block: the row of its contact, and the document's bytes.
pub(super) type Stored<'a> = (i64, &'a [u8]);

/// Calls `visit` with each document of a block, in order.
pub(super) fn each(
    mut bytes: &[u8],
    mut visit: impl FnMut(Stored<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    while !bytes.is_empty() {
        visit(take(&mut bytes).ok_or_else(damaged)?)?;
    }
    Ok(())
}

/// The document at a place in a block.
pub(super) fn at(mut bytes: &[u8], place: usize) -> rusqlite::Result<&[u8]> {
    for _ in 0..place {
        take(&mut bytes).ok_or_else(damaged)?;
    }
    take(&mut bytes)
        .map(|(_, document)| document)
        .ok_or_else(damaged)
}

fn take<'a>(bytes: &mut &'a [u8]) -> Option<Stored<'a>> {
    let row = take_number(bytes)? as i64;
    let length = usize::try_from(take_number(bytes)?).ok()?;
    let (document, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some((row, document))
}

/// The number of the document of a contact row, if the generation has one.
pub(super) fn number_of_row(
    connection: &Connection,
    generation: i64,
    row: i64,
) -> rusqlite::Result<Option<usize>> {
    let (number, place) = (
        row.div_euclid(ROWS_PER_BLOCK) as u64,
        row.rem_euclid(ROWS_PER_BLOCK) as usize,
    );
    let found = block::read_if_any(connection, generation, Kind::Rows, number, |bytes| {
        let (numbers, _) = bytes.as_chunks::<4>();
        Ok(numbers
            .get(place)
            .map_or(0, |number| u32::from_le_bytes(*number)))
    })?;
    // Zero stands for none.
    Ok(found
        .and_then(|number| number.checked_sub(1))
        .map(|number| number as usize))
}

/// Writes documents in display order.
#[derive(Default)]
pub(super) struct Shelf {
    block: Vec<u8>,
    orders: Packed,
    rows: Vec<(i64, u32)>,
}

impl Shelf {
    pub fn add(
        &mut self,
        order: &[u8],
        row: i64,
        document: &[u8],
        writer: &mut Writer<'_>,
    ) -> rusqlite::Result<()> {
        if self.rows.len().is_multiple_of(PER_BLOCK) {
            self.end_block(writer)?;
            self.orders.push(order);
        }
        put_number(&mut self.block, row as u64);
        put_number(&mut self.block, document.len() as u64);
        self.block.extend_from_slice(document);
        self.rows.push((row, self.rows.len() as u32));
        Ok(())
    }

    /// Writes what is left; the orders of the first documents of all blocks.
    pub fn finish(mut self, writer: &mut Writer<'_>) -> rusqlite::Result<Packed> {
        self.end_block(writer)?;
        self.rows.sort_unstable();
        for rows in self
            .rows
            .chunk_by(|one, other| block_of(one.0) == block_of(other.0))
        {
            let Some(&(first, _)) = rows.first() else {
                continue;
            };
            let mut bytes = vec![0; ROWS_PER_BLOCK as usize * 4];
            for (row, number) in rows {
                let place = row.rem_euclid(ROWS_PER_BLOCK) as usize * 4;
                bytes[place..place + 4].copy_from_slice(&(number + 1).to_le_bytes());
            }
            writer.write(Kind::Rows, block_of(first) as u64, bytes)?;
        }
        Ok(self.orders)
    }

    fn end_block(&mut self, writer: &mut Writer<'_>) -> rusqlite::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let number = (self.rows.len() - 1) / PER_BLOCK;
        writer.write(
            Kind::Documents,
            number as u64,
            std::mem::take(&mut self.block),
        )
    }
}

fn block_of(row: i64) -> i64 {
    row.div_euclid(ROWS_PER_BLOCK)
}
