mod text;
mod theme;
