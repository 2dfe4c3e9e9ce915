//! Pictures that residents and units attach: drawn here, small, and of nowhere, so
//! that they hold no camera, no place and no person.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use yiwang_base::CategoryCode;

use super::dice::Dice;

const WIDTH: i32 = 240;
const HEIGHT: i32 = 160;
/// Where the ground begins.
const GROUND: i32 = 100;

/// Colours by their number, red, green and blue.
const COLOURS: [[u8; 3]; 16] = [
    [171, 201, 222],
    [222, 232, 238],
    [150, 150, 148],
    [92, 94, 98],
    [44, 46, 52],
    [196, 176, 148],
    [168, 128, 104],
    [118, 84, 64],
    [92, 132, 84],
    [58, 92, 58],
    [74, 106, 134],
    [128, 164, 186],
    [250, 214, 110],
    [188, 64, 52],
    [58, 92, 150],
    [238, 236, 228],
];
const SKY: u8 = 0;
const CLOUD: u8 = 1;
const STONE: u8 = 2;
const ROAD: u8 = 3;
const DARK: u8 = 4;
const WALL: u8 = 5;
const BRICK: u8 = 6;
const EARTH: u8 = 7;
const LEAF: u8 = 8;
const SHADE: u8 = 9;
const WATER: u8 = 10;
const GLINT: u8 = 11;
const LIGHT: u8 = 12;
const RED: u8 = 13;
const BLUE: u8 = 14;
const WHITE: u8 = 15;

/// What is wrong in a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Lamp,
    Hole,
    Heap,
    Pool,
    Tree,
    Cars,
    Bicycles,
}

/// A picture to be drawn: the same place with what is wrong, and once it is mended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene {
    subject: Subject,
    seed: u64,
    number: u64,
}

impl Scene {
    /// The scene of a case; `None` where there is nothing to be seen of its category.
    pub(super) fn of(category: &CategoryCode, seed: u64, number: u64) -> Option<Scene> {
        let subject = match category.as_str() {
            "street-light" => Subject::Lamp,
            "pothole" | "pavement" | "manhole" => Subject::Hole,
            "exposed-rubbish" | "bin-overflow" | "builders-waste" | "corridor-clutter" => {
                Subject::Heap
            }
            "standing-water" | "burst-pipe" | "blocked-drain" | "sewage" => Subject::Pool,
            "tree-down" | "tree-trim" => Subject::Tree,
            "illegal-parking" | "fire-lane" => Subject::Cars,
            "shared-bikes" => Subject::Bicycles,
            _ => return None,
        };
        Some(Scene {
            subject,
            seed,
            number,
        })
    }

    /// The picture as a PNG; `mended` once it was dealt with.
    pub(super) fn draw(self, mended: bool) -> std::io::Result<Vec<u8>> {
        let dice = &mut Dice::new(self.seed, "picture", self.number);
        let mut canvas = Canvas::street(dice);
        canvas.subject(self.subject, mended, dice);
        canvas.png()
    }
}

struct Canvas(Vec<u8>);

impl Canvas {
    /// A street with houses and a pavement.
    fn street(dice: &mut Dice) -> Canvas {
        let mut canvas = Canvas(vec![SKY; (WIDTH * HEIGHT) as usize]);
        for _ in 0..3 {
            let (x, y) = (spread(dice, WIDTH), 8 + spread(dice, 24));
            canvas.disc((x, y), (26, 6), CLOUD);
        }
        let mut left = -spread(dice, 24);
        while left < WIDTH {
            let (width, top) = (38 + spread(dice, 34), 24 + spread(dice, 46));
            let wall = *dice.pick(&[WALL, BRICK, STONE]);
            canvas.rect((left, top), (width - 2, GROUND - top), wall);
            for x in (left + 6..left + width - 12).step_by(13) {
                for y in (top + 7..GROUND - 16).step_by(15) {
                    let pane = *dice.pick(&[WATER, GLINT, DARK]);
                    canvas.rect((x, y), (7, 8), pane);
                }
            }
            left += width;
        }
        canvas.rect((0, GROUND), (WIDTH, 14), STONE);
        canvas.rect((0, GROUND + 14), (WIDTH, HEIGHT), ROAD);
        for x in (0..WIDTH).step_by(40) {
            canvas.rect((x + spread(dice, 3), GROUND + 38), (20, 2), WHITE);
        }
        canvas
    }

    fn subject(&mut self, subject: Subject, mended: bool, dice: &mut Dice) {
        let x = 60 + spread(dice, 110);
        let y = GROUND + 26;
        match subject {
            Subject::Lamp => self.lamp(x, mended),
            Subject::Hole if mended => self.disc((x, y), (26, 8), DARK),
            Subject::Hole => {
                self.disc((x, y), (24, 8), EARTH);
                self.disc((x + 2, y + 1), (17, 5), DARK);
                self.cone(x + 36, y);
            }
            Subject::Heap if mended => {}
            Subject::Heap => {
                for _ in 0..14 {
                    let at = (x - 24 + spread(dice, 48), GROUND + 12 - spread(dice, 12));
                    let bag = *dice.pick(&[DARK, WHITE, BLUE, EARTH]);
                    self.disc(at, (8, 6), bag);
                }
            }
            Subject::Pool if mended => self.disc((x, y + 4), (10, 2), DARK),
            Subject::Pool => {
                self.disc((x, y + 6), (64, 16), WATER);
                for _ in 0..6 {
                    let at = (x - 44 + spread(dice, 74), y - 4 + spread(dice, 18));
                    self.rect(at, (14, 1), GLINT);
                }
            }
            Subject::Tree => self.tree(x, mended),
            Subject::Cars if mended => {}
            Subject::Cars => {
                self.car(x - 46, *dice.pick(&[RED, BLUE, WHITE]));
                self.car(x + 10, *dice.pick(&[RED, BLUE, WHITE]));
            }
            Subject::Bicycles => {
                let apart = if mended { 14 } else { 9 };
                for number in 0..7 {
                    let lean = if mended { 0 } else { spread(dice, 10) };
                    self.bicycle(x - 36 + number * apart, GROUND + 8 + lean);
                }
            }
        }
    }

    fn lamp(&mut self, x: i32, burns: bool) {
        // It is dark: the sky is the deepest colour there is.
        for cell in &mut self.0 {
            *cell = match *cell {
                SKY | CLOUD => DARK,
                WALL | STONE | WHITE => ROAD,
                BRICK => EARTH,
                other => other,
            };
        }
        if burns {
            self.disc((x + 14, GROUND + 20), (52, 14), LIGHT);
        }
        self.rect((x, 30), (3, GROUND - 20), STONE);
        self.rect((x, 30), (18, 3), STONE);
        let glass = if burns { LIGHT } else { SHADE };
        self.disc((x + 17, 35), (6, 4), glass);
    }

    fn tree(&mut self, x: i32, mended: bool) {
        if mended {
            self.rect((x, GROUND + 2), (9, 8), EARTH);
            self.disc((x + 4, GROUND + 2), (5, 2), WALL);
            return;
        }
        self.rect((x - 50, GROUND + 12), (78, 7), EARTH);
        for (at, size, leaf) in [
            ((x + 34, GROUND + 6), (30, 18), SHADE),
            ((x + 48, GROUND + 18), (26, 15), LEAF),
            ((x + 22, GROUND + 22), (20, 11), LEAF),
        ] {
            self.disc(at, size, leaf);
        }
    }

    fn car(&mut self, x: i32, paint: u8) {
        let y = GROUND + 2;
        self.disc((x + 24, y - 2), (16, 9), DARK);
        self.rect((x, y), (48, 11), paint);
        for wheel in [x + 10, x + 38] {
            self.disc((wheel, y + 11), (5, 5), DARK);
        }
    }

    fn bicycle(&mut self, x: i32, y: i32) {
        for wheel in [x, x + 13] {
            self.disc((wheel, y), (5, 5), DARK);
            self.disc((wheel, y), (3, 3), STONE);
        }
        self.rect((x, y - 6), (13, 2), LIGHT);
        self.rect((x + 11, y - 10), (2, 8), LIGHT);
    }

    fn cone(&mut self, x: i32, y: i32) {
        for row in 0..16 {
            let colour = if (5..9).contains(&row) { WHITE } else { RED };
            self.rect((x - row / 3, y - 16 + row), (2 + row / 3 * 2, 1), colour);
        }
    }

    fn rect(&mut self, (left, top): (i32, i32), (width, height): (i32, i32), colour: u8) {
        for y in top.max(0)..(top + height).min(HEIGHT) {
            for x in left.max(0)..(left + width).min(WIDTH) {
                self.0[(y * WIDTH + x) as usize] = colour;
            }
        }
    }

    fn disc(&mut self, (x, y): (i32, i32), (wide, high): (i32, i32), colour: u8) {
        for row in -high..=high {
            let rest = f64::from(high * high - row * row).max(0.0);
            let half = (f64::from(wide) * rest.sqrt() / f64::from(high)) as i32;
            self.rect((x - half, y + row), (2 * half + 1, 1), colour);
        }
    }

    /// As a PNG of sixteen colours (W3C PNG, third edition).
    fn png(&self) -> std::io::Result<Vec<u8>> {
        let mut rows = ZlibEncoder::new(Vec::new(), Compression::fast());
        for row in self.0.chunks_exact(WIDTH as usize) {
            rows.write_all(&[0])?;
            let pairs: Vec<u8> = row
                .chunks_exact(2)
                .map(|two| two[0] << 4 | two[1])
                .collect();
            rows.write_all(&pairs)?;
        }
        let mut head = Vec::from(WIDTH.to_be_bytes());
        head.extend(HEIGHT.to_be_bytes());
        // Four bits each, of a palette, not interlaced.
        head.extend([4, 3, 0, 0, 0]);
        let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
        chunk(&mut png, b"IHDR", &head);
        chunk(&mut png, b"PLTE", COLOURS.as_flattened());
        chunk(&mut png, b"IDAT", &rows.finish()?);
        chunk(&mut png, b"IEND", &[]);
        Ok(png)
    }
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    png.extend((data.len() as u32).to_be_bytes());
    png.extend(kind);
    png.extend(data);
    let mut sum = crc32fast::Hasher::new();
    sum.update(kind);
    sum.update(data);
    png.extend(sum.finalize().to_be_bytes());
}

fn spread(dice: &mut Dice, below: i32) -> i32 {
    dice.below(below.unsigned_abs() as usize) as i32
}

#[cfg(test)]
mod tests {
    use yiwang_cases::FileKind;

    use super::*;

    #[test]
    fn pictures_are_small_sound_and_hold_nothing_but_the_picture() {
        for category in [
            "street-light",
            "pothole",
            "exposed-rubbish",
            "standing-water",
            "tree-down",
            "illegal-parking",
            "shared-bikes",
        ] {
            let scene = Scene::of(&category.parse().unwrap(), 1, 7).unwrap();
            let (before, after) = (scene.draw(false).unwrap(), scene.draw(true).unwrap());
            assert_ne!(before, after, "{category}");
            assert_eq!(before, scene.draw(false).unwrap(), "{category}");
            for picture in [before, after] {
                assert!(picture.len() < 6_000, "{category}: {} bytes", picture.len());
                // Cleaning would drop whatever tells of camera, place and person.
                let cleaned = crate::picture::cleaned(FileKind::Png, picture.clone().into());
                assert_eq!(cleaned.unwrap(), picture, "{category}");
            }
        }
        assert!(Scene::of(&"wages".parse().unwrap(), 1, 7).is_none());
    }
}
