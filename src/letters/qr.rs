//! Texts as QR codes (ISO/IEC 18004): error correction M, a quiet zone of 4 modules.

use png::{BitDepth, ColorType, Encoder};
use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode};

use crate::error::{Error, Result};

/// Modules of white around the code.
const QUIET: usize = 4;
/// Pixels a module: in a picture of one bit a pixel, a module is one byte wide.
const SCALE: u32 = 8;
const LIGHT: u8 = 0xff;
const DARK: u8 = 0x00;

/// The code as an SVG picture, 8 units a module; good as a file and inside a page.
///
/// # Errors
/// `Internal` for a text of more than about 2,300 bytes.
pub fn svg(text: &str) -> Result<String> {
    let picture = code(text)?.render::<Color<'_>>().quiet_zone(true).module_dimensions(SCALE, SCALE).build();
    // Inside a page, an XML declaration is an error.
    Ok(match picture.find("<svg") {
        Some(start) => picture[start..].to_owned(),
        None => picture,
    })
}

/// The code as a PNG picture in black and white, 8 pixels a module.
///
/// # Errors
/// `Internal` for a text of more than about 2,300 bytes.
pub fn png(text: &str) -> Result<Vec<u8>> {
    let code = code(text)?;
    let modules = code.width() + 2 * QUIET;
    let blank = vec![LIGHT; modules];
    let mut pixels = Vec::new();
    let mut line_of_modules = |row: &[u8]| {
        for _ in 0..SCALE {
            pixels.extend_from_slice(row);
        }
    };
    (0..QUIET).for_each(|_| line_of_modules(&blank));
    for line in code.to_colors().chunks(code.width()) {
        let mut row = blank.clone();
        for (module, color) in row[QUIET..].iter_mut().zip(line) {
            *module = color.select(DARK, LIGHT);
        }
        line_of_modules(&row);
    }
    (0..QUIET).for_each(|_| line_of_modules(&blank));
    encode(u32::try_from(modules).map_err(Error::internal)? * SCALE, &pixels)
}

fn encode(side: u32, pixels: &[u8]) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, side, side);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    let mut writer = encoder.write_header().map_err(Error::internal)?;
    writer.write_image_data(pixels).map_err(Error::internal)?;
    writer.finish().map_err(Error::internal)?;
    Ok(file)
}

fn code(text: &str) -> Result<QrCode> {
    QrCode::with_error_correction_level(text, EcLevel::M).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letters::fixture::keys;
    use crate::registrations::Ticket;
    use crate::store::RegistrationId;

    fn ticket() -> String {
        Ticket { registration: RegistrationId::new(), epoch: 1 }.text(&keys())
    }

    #[test]
    fn a_ticket_needs_41_modules_because_it_is_in_capitals() {
        assert_eq!(code(&ticket()).unwrap().width(), 41);
        assert!(code(&ticket().to_lowercase()).unwrap().width() > 41);
    }

    #[test]
    fn the_png_has_8_pixels_a_module_and_a_quiet_zone_of_4() {
        let file = png(&ticket()).unwrap();
        assert_eq!(&file[..8], b"\x89PNG\r\n\x1a\n");
        let mut reader = ::png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (392, 392));
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let rows: Vec<&[u8]> = pixels.chunks(49).collect();
        assert!(rows[..32].iter().chain(&rows[360..]).all(|row| row.iter().all(|byte| *byte == LIGHT)));
        assert!(rows.iter().all(|row| row[..4].iter().chain(&row[45..]).all(|byte| *byte == LIGHT)));
        // The corner that every QR code has: seven dark modules in a row.
        assert_eq!(rows[32][4..12], [DARK, DARK, DARK, DARK, DARK, DARK, DARK, LIGHT]);
        assert!(file.len() < 2_000, "{} bytes", file.len());
    }

    #[test]
    fn the_svg_is_as_large_and_can_stand_in_a_page() {
        let picture = svg(&ticket()).unwrap();
        assert!(picture.starts_with("<svg "), "{picture}");
        assert!(picture.contains(r#"viewBox="0 0 392 392""#), "{picture}");
        assert!(picture.ends_with("</svg>"));
    }

    #[test]
    fn a_text_that_is_too_long_is_an_error() {
        assert!(png(&"x".repeat(3_000)).is_err());
        assert!(svg(&"x".repeat(3_000)).is_err());
    }
}
