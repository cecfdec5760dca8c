mod input;
mod surface;
mod text;
mod theme;
