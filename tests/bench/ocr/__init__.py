"""The product beside OCRmyPDF, and beside recognition alone, on the same pages."""
