//! Generated images.

/// Generates a valid PNG of one colour (red, green, blue) with uncompressed pixels.
pub fn png(width: u32, height: u32, color: [u8; 3]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let columns = usize::try_from(width).expect("a test's image is small");
    let row: Vec<u8> = std::iter::once(0).chain(color.into_iter().cycle().take(3 * columns)).collect();
    let rows = row.repeat(usize::try_from(height).expect("a test's image is small"));
    let chunks = [chunk(*b"IHDR", &header), chunk(*b"IDAT", &stored(&rows)), chunk(*b"IEND", &[])];
    [&b"\x89PNG\r\n\x1a\n"[..], &chunks.concat()].concat()
}

fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("a test's image is small");
    let body = [&kind[..], data].concat();
    [&length.to_be_bytes()[..], &body, &crc32(&body).to_be_bytes()].concat()
}

/// Encodes a zlib stream of stored blocks (RFC 1950, RFC 1951).
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks = bytes.chunks(0xffff);
    let last = blocks.len() - 1;
    for (index, block) in blocks.enumerate() {
        let length = u16::try_from(block.len()).expect("a block has at most 65,535 bytes");
        stream.push(u8::from(index == last));
        stream.extend(length.to_le_bytes().into_iter().chain((!length).to_le_bytes()));
        stream.extend(block);
    }
    stream.extend(adler32(bytes).to_be_bytes());
    stream
}

fn adler32(bytes: &[u8]) -> u32 {
    let (low, high) = bytes.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
}

/// CRC of ISO/IEC 15948, annex D.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    })
}
