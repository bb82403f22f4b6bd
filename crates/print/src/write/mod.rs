//! Pages of placed items to a PDF file: PDF 1.7, PDF/A-2a and PDF/UA-1.
